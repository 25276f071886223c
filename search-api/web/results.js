import { copy, curlOf } from "./clipboard.js";
import { h } from "./element.js";
import { currentKey } from "./key.js";
import { differences, markedName } from "./marked-name.js";
import { dots, duet, separated } from "./marks.js";
import { why } from "./result-why.js";
import { sssomOf } from "./sssom.js";
import { addressOf, parametersOf } from "./state.js";
import { languageName, languageTag, number, t } from "./texts.js";

/** The most results that a search gives. */
export const MOST = 200;

/** The merged list of results of a search. */
export function resultsView(response, state, voices, { onMore }) {
  const { results, more } = response;
  if (results.length === 0) return [head([response], state), cautions([response]), nothing(response)];
  return [
    head([response], state),
    cautions([response]),
    h(
      "ol",
      { class: "list" },
      results.map((result) => resultItem(result, state, voices, response.query)),
    ),
    moreButton(more, state, onMore),
  ];
}

/** How many there are, and ways to take them away. */
export function head(responses, state) {
  const n = new Set(responses.flatMap(({ results }) => results.map(({ cui }) => cui))).size;
  const tookMs = Math.max(...responses.map((response) => response.tookMs));
  const count = n === 1 ? t("foundOne") : t("found", { n: number.format(n) });
  const parameters = parametersOf(state);
  return h(
    "div",
    { class: "head" },
    h("h1", { class: "hidden" }, t("resultsFor", { query: responses[0].query })),
    h("p", {}, separated([count, `${number.format(Math.round(tookMs))} ms`])),
    h(
      "p",
      { class: "tools" },
      h("span", {}, t("copy")),
      tool(t("link"), () => new URL(addressOf({ ...state, cui: "" }), location.href).href),
      tool("curl", () => curlOf("api/v1/search", parameters)),
      tool("JSON", () =>
        JSON.stringify(responses.length === 1 ? plain(responses[0]) : responses.map(plain), null, 2),
      ),
      tool("SSSOM", () => responses.map(sssomOf).join("\n")),
      currentKey()
        ? ""
        : h("a", { href: `api/v1/search?${parameters}`, target: "_blank", rel: "noopener" }, t("open")),
    ),
  );
}

export function nothing({ noSuchCode } = {}) {
  const said = noSuchCode ? t("noSuchCode") : t("nothing");
  return h("div", { class: "notice" }, h("p", {}, said), h("p", {}, t("nothingHint")));
}

/** What whoever reads a list must know before: that nothing in it is close, or that the text has several senses. */
export function cautions(responses) {
  const said = [
    responses.some(({ results }) => results.length > 0) && responses.every(({ close }) => close === false)
      ? t("notClose")
      : "",
    responses.some(({ ambiguous }) => ambiguous) ? t("ambiguous") : "",
    ...new Set(
      responses.flatMap(({ unknownFilters = [] }) =>
        unknownFilters.map(({ values }) => t("unknownFilter", { values: values.join(", ") })),
      ),
    ),
  ].filter(Boolean);
  if (said.length === 0) return "";
  return h(
    "div",
    { class: "caution", role: "note" },
    said.map((text) => h("p", {}, text)),
  );
}

export function moreButton(more, state, onMore) {
  if (!more || state.k >= MOST) return "";
  return h("button", { type: "button", class: "more", onclick: onMore }, t("more"));
}

/** A response without what this page alone asked for. */
function plain(response) {
  return {
    ...response,
    results: response.results.map(({ explanation: _, matches: __, ...result }) => result),
  };
}

function tool(label, textOf) {
  return h("button", { type: "button", onclick: (event) => copy(textOf(), event.currentTarget) }, label);
}

function resultItem(result, state, voices, query) {
  const { rank, cui, name, string, lat, sab, tty, matchType, semanticTypes, differs } = result;
  const types = semanticTypes.map((type) => type.name);
  const origin = [languageName(lat), sab, tty].filter(Boolean);
  const [whyButton, evidence = ""] = why(result, voices);
  const facts = [
    h("span", { class: "tag" }, t(`match.${matchType}`)),
    result.obsolete ? h("span", { class: "given-up" }, t("obsoleteTag")) : "",
    differences(differs),
    ...types,
    cui,
    whyButton,
  ].filter(Boolean);
  const matched =
    string === name
      ? ""
      : [
          h(
            "span",
            { class: result.obsolete ? "matched obsolete" : "matched", lang: languageTag(lat) },
            markedName(string, { query, differs }),
          ),
          " ",
        ];
  return h(
    "li",
    { class: "result", "data-cui": cui, "aria-current": state.cui === cui ? "true" : undefined },
    h(
      "article",
      {},
      h("span", { class: "rank", "aria-hidden": "true" }, rank),
      h(
        "h2",
        {},
        h("a", { href: addressOf({ ...state, cui }), "data-cui": cui }, markedName(name, { query, differs })),
      ),
      h("div", { class: "ratings" }, mergedRating(result, voices), voiceRatings(result, voices)),
      h(
        "div",
        { class: "about" },
        h("p", { class: "via" }, matched, h("span", { class: "origin" }, separated(origin))),
        h("p", { class: "facts" }, separated(facts)),
      ),
      evidence,
    ),
  );
}

function mergedRating({ rating, agreement, scores }, voices) {
  const asked = voices.filter((id) => scores[id]);
  return h("p", { class: "merged" }, asked.length > 1 ? duet(agreement) : "", dots(rating));
}

/** What each encoder thinks; in columns, so that the eye can run down one encoder's. */
function voiceRatings({ scores }, voices) {
  return voices.flatMap((id, i) => {
    const score = scores[id];
    if (!score) return [];
    const label = `${t("cosineOf", { cosine: score.cosine.toFixed(3) })}, ${t("placeOf", { rank: score.rank })}`;
    return [
      h(
        "p",
        { class: `voice voice-${i}`, title: label },
        h("b", {}, id),
        dots(score.rating),
        h("span", { class: "cosine" }, score.cosine.toFixed(3)),
      ),
    ];
  });
}
