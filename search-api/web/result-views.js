import { pagedSearch } from "./paged-search.js";
import { resultsView } from "./results.js";
import { sideView } from "./side-view.js";
import { parametersOf } from "./state.js";
import { number, t } from "./texts.js";

/** Asks for what a state wants to see, the merged list or each encoder's own, and shows it. */
export function resultViews() {
  const find = pagedSearch();

  async function responsesOf(asked, voices, signal) {
    const parameters = parametersOf(asked);
    if (asked.view !== "side") return [await find(parameters, signal)];
    return await Promise.all(
      voices.map((id) => {
        const own = new URLSearchParams(parameters);
        own.set("encoders", id);
        return find(own, signal);
      }),
    );
  }

  return async (asked, voices, { signal, onMore }) => {
    const responses = await responsesOf(asked, voices, signal);
    const n = new Set(responses.flatMap(({ results }) => results.map(({ cui }) => cui))).size;
    return {
      responses,
      summary: n === 0 ? t("nothing") : n === 1 ? t("foundOne") : t("found", { n: number.format(n) }),
      elements: (state) =>
        (asked.view === "side"
          ? sideView(responses, state, voices, { onMore })
          : resultsView(responses[0], state, voices, { onMore })
        ).filter(Boolean),
    };
  };
}
