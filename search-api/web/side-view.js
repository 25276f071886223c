import { h } from "./element.js";
import { differences, markedName } from "./marked-name.js";
import { dots, separated } from "./marks.js";
import { cautions, head, moreButton, nothing } from "./results.js";
import { addressOf } from "./state.js";
import { languageTag, number, t } from "./texts.js";

/** Each encoder's own list beside the other's; every result says where the other has it. */
export function sideView(responses, state, voices, { onMore }) {
  if (responses.every(({ results }) => results.length === 0))
    return [head(responses, state), nothing(responses[0])];
  const places = responses.map(({ results }) => new Map(results.map(({ cui, rank }) => [cui, rank])));
  const columns = responses.map(({ results }, i) =>
    h(
      "section",
      { class: `column voice-${i}`, "aria-label": voices[i] },
      h("h2", { class: "voice" }, voices[i]),
      h(
        "ol",
        { class: "list" },
        results.map((result) =>
          item(result, voices[i], {
            state,
            others: elsewhere(result, i, places, voices),
            query: responses[i].query,
          }),
        ),
      ),
    ),
  );
  const sides = h(
    "div",
    { class: "sides", onmouseover: twins, onfocusin: twins, onmouseleave: twins },
    columns,
  );
  return [
    head(responses, state),
    cautions(responses),
    sides,
    moreButton(
      responses.some(({ more }) => more),
      state,
      onMore,
    ),
  ];
}

function item(result, encoder, { state, others, query }) {
  const { rank, cui, name, string, lat, scores, semanticTypes, obsolete, differs } = result;
  const { cosine, rating } = scores[encoder];
  return h(
    "li",
    { class: "result", "data-cui": cui, "aria-current": state.cui === cui ? "true" : undefined },
    h(
      "article",
      {},
      h("span", { class: "rank", "aria-hidden": "true" }, rank),
      h(
        "h3",
        {},
        h("a", { href: addressOf({ ...state, cui }), "data-cui": cui }, markedName(name, { query, differs })),
      ),
      h("p", { class: "seen" }, dots(rating), h("span", { class: "cosine" }, cosine.toFixed(3))),
      h(
        "div",
        { class: "about" },
        string === name
          ? ""
          : h(
              "p",
              {},
              h(
                "span",
                { class: obsolete ? "matched obsolete" : "matched", lang: languageTag(lat) },
                markedName(string, { query, differs }),
              ),
            ),
        h(
          "p",
          { class: "facts" },
          separated(
            [...others, differences(differs), ...semanticTypes.map((type) => type.name)].filter(Boolean),
          ),
        ),
      ),
    ),
  );
}

/** Where the other encoders have the concept, or that they have not. */
function elsewhere({ cui }, own, places, voices) {
  return places.flatMap((ranks, i) => {
    if (i === own) return [];
    const rank = ranks.get(cui);
    const text = rank === undefined ? t("alone") : t("placeThere", { rank: number.format(rank) });
    return [h("span", { class: `elsewhere voice-${i}`, title: voices[i] }, text)];
  });
}

/** Marks what is pointed at in every column. */
function twins(event) {
  const cui = event.type === "mouseleave" ? undefined : event.target.closest(".result")?.dataset.cui;
  for (const result of event.currentTarget.querySelectorAll(".result"))
    result.classList.toggle("twin", result.dataset.cui === cui);
}
