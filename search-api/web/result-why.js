import { h } from "./element.js";
import { t } from "./texts.js";

/** The button that says why, and what it uncovers: what its name has in common with the query, and the evidence of each encoder. */
export function why({ rank, name, explanation, matches = [], scores }, voices) {
  if (!explanation) return [];
  const rows = explanation.map(({ encoder, string, cosine, grade, candidate, definition, standing }) =>
    h(
      "tr",
      { class: `voice-${Math.max(0, voices.indexOf(encoder))}` },
      h("th", { scope: "row" }, encoder),
      h(
        "td",
        { class: "string" },
        string,
        definition
          ? h("p", {}, `${t("whyDefinition")} “${definition.text}” (${definition.cosine.toFixed(4)})`)
          : "",
        standing ? h("p", {}, known(standing)) : "",
      ),
      h("td", {}, cosine.toFixed(4)),
      h("td", {}, grade.toFixed(2)),
      h("td", {}, scores[encoder]?.rank ?? ""),
      h("td", {}, candidate ? t("whyOwn") : t("whyOther")),
    ),
  );
  const heads = [t("encoder"), t("whyNearest"), t("whyCosine"), t("whyGrade"), t("whyPlace"), t("whyFound")];
  const head = h(
    "thead",
    {},
    h(
      "tr",
      {},
      heads.map((text) => h("th", { scope: "col" }, text)),
    ),
  );
  const id = `why-${rank}`;
  const evidence = h(
    "div",
    { class: "why", id, hidden: true, tabindex: "0", role: "group", "aria-label": t("whyLabel", { name }) },
    byName(matches),
    h("table", {}, head, h("tbody", {}, rows)),
  );
  const button = h(
    "button",
    {
      type: "button",
      "aria-expanded": "false",
      "aria-controls": id,
      "aria-label": t("whyLabel", { name }),
      onclick: () => {
        evidence.hidden = !evidence.hidden;
        button.setAttribute("aria-expanded", String(!evidence.hidden));
      },
    },
    t("why"),
  );
  return [button, evidence];
}

/** What the concept's standing adds to what the string lacks of 1, or takes, in words. */
function known(standing) {
  const percent = Math.round(100 * Math.abs(standing));
  return standing > 0
    ? `${t("whyKnownMore")} (+${percent}\u00a0%)`
    : `${t("whyKnownLess")} (−${percent}\u00a0%)`;
}

/** What was found without an encoder, in words: "the words of …". */
function byName(matches) {
  return matches.map(({ by, string }) =>
    h("p", {}, `${t(`by.${by}`)} `, h("span", { class: "string" }, string)),
  );
}
