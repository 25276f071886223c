import { h } from "./element.js";
import { candidateView, conceptsOf } from "./review-candidates.js";
import { finder } from "./review-finder.js";
import { t } from "./review-texts.js";

/** One entry of the lexicon beside the concepts that were found for it. */
export function entryView(entry, context) {
  const { term, explanation, synonyms, lang, toRate } = entry;
  const { onMore, expanded, dataset, onBring } = context;
  const concepts = conceptsOf(entry);
  const asked = concepts.filter(({ cui }) => isAsked(entry, cui));
  const rest = concepts.length - asked.length;
  const shown = expanded ? concepts : asked;
  const items = shown.map((concept) => candidateView(concept, { entry, ...context.of(concept.cui) }));
  return h(
    "article",
    { class: "entry", "data-entry": entry.id },
    h(
      "section",
      { class: "lay" },
      h("h1", { lang, tabindex: "-1" }, term),
      explanation ? h("p", { class: "explanation", lang }, explanation) : "",
      synonyms.length > 0
        ? h("p", { class: "facts", lang }, t("synonyms", { list: synonyms.join(", ") }))
        : "",
    ),
    h(
      "section",
      { class: "proposals", "aria-label": t("candidates") },
      h("h2", { class: "hidden" }, t("candidates")),
      toRate.length === 0 && shown.length === 0
        ? h("p", { class: "notice" }, t("none"))
        : h("ol", { class: "list" }, items),
      h(
        "div",
        { class: "others" },
        rest > 0
          ? h(
              "button",
              { type: "button", class: "all", onclick: onMore },
              expanded ? t("fewer") : t(rest === 1 ? "moreOne" : "more", { n: rest }),
            )
          : "",
        finder({ dataset, onTake: onBring }),
      ),
    ),
  );
}

/** Whether a concept is shown from the start: it asks for a rating, has one, or was brought in. */
export function isAsked({ toRate, ratings, brought = [] }, cui) {
  return toRate.includes(cui) || ratings.some((r) => r.cui === cui) || brought.some((b) => b.cui === cui);
}
