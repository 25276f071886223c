import { copy, curlOf } from "./clipboard.js";
import { h } from "./element.js";
import { dots, duet, separated } from "./marks.js";
import { addressOf, parametersOf } from "./state.js";
import { languageName, languageTag, number, t } from "./texts.js";

const STEPS = [20, 50, 100, 200];

/** The list of results of a search. */
export function resultsView(response, state, voices, { onMore }) {
  const { results, tookMs } = response;
  const count = results.length === 1 ? t("foundOne") : t("found", { n: number.format(results.length) });
  const next = STEPS.find((step) => step > state.k);
  const parameters = parametersOf(state);
  const head = h(
    "div",
    { class: "head" },
    h("p", {}, separated([count, `${number.format(Math.round(tookMs))} ms`])),
    h(
      "p",
      { class: "tools" },
      tool(t("copyLink"), () => new URL(addressOf({ ...state, cui: "" }), location.href).href),
      tool(t("copyCurl"), () => curlOf("api/v1/search", parameters)),
      h("a", { href: `api/v1/search?${parameters}`, target: "_blank", rel: "noopener" }, t("json")),
    ),
  );
  if (results.length === 0) {
    return [head, h("div", { class: "notice" }, h("p", {}, t("nothing")), h("p", {}, t("nothingHint")))];
  }
  const items = results.map((result) => resultItem(result, state, voices));
  const more = results.length === state.k && next !== undefined;
  return [
    head,
    h("ol", { class: "list" }, items),
    more ? h("button", { type: "button", class: "more", onclick: () => onMore(next) }, t("more")) : "",
  ];
}

function tool(label, textOf) {
  return h("button", { type: "button", onclick: (event) => copy(textOf(), event.currentTarget) }, label);
}

function resultItem(result, state, voices) {
  const { rank, cui, name, string, lat, sab, tty, matchType, semanticTypes } = result;
  const types = semanticTypes.map((type) => type.name);
  const origin = [languageName(lat), sab, tty].filter(Boolean);
  const [whyButton, evidence = ""] = why(result, voices);
  const facts = [h("span", { class: "tag" }, t(`match.${matchType}`)), ...types, cui, whyButton].filter(
    Boolean,
  );
  const matched =
    string === name ? "" : [h("span", { class: "matched", lang: languageTag(lat) }, string), " "];
  return h(
    "li",
    { class: "result", "data-cui": cui, "aria-current": state.cui === cui ? "true" : undefined },
    h(
      "article",
      {},
      h("span", { class: "rank", "aria-hidden": "true" }, rank),
      h("h2", {}, h("a", { href: addressOf({ ...state, cui }), "data-cui": cui }, name)),
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

/** The button that says why, and what it uncovers: the evidence of each encoder. */
function why({ rank, name, explanation, scores }, voices) {
  if (!explanation) return [];
  const rows = explanation.map(({ encoder, string, cosine, grade, candidate }) =>
    h(
      "tr",
      { class: `voice-${Math.max(0, voices.indexOf(encoder))}` },
      h("th", { scope: "row" }, encoder),
      h("td", { class: "string" }, string),
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
  const evidence = h("div", { class: "why", id, hidden: true }, h("table", {}, head, h("tbody", {}, rows)));
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

/** What stands there before anything is typed. */
export function startView(release, examples, onTake) {
  const keys = h("p", { class: "keys" });
  for (const part of t("keys", {
    slash: "\u0001/\u0001",
    arrows: "\u0001↓ ↑\u0001",
    enter: "\u0001⏎\u0001",
    esc: "\u0001esc\u0001",
  })
    .split("\u0001")
    .entries())
    keys.append(part[0] % 2 === 1 ? h("kbd", {}, part[1]) : part[1]);
  return h(
    "div",
    { class: "start" },
    h("h1", {}, t("startTitle")),
    h("p", {}, t("startText")),
    release ? h("p", { class: "holds" }, separated(holdings(release))) : "",
    h(
      "p",
      { class: "examples" },
      `${t("tryOne")} `,
      examples.map((text) => h("button", { type: "button", onclick: () => onTake(text) }, text)),
    ),
    keys,
  );
}

function holdings({ dataset, release, counts }) {
  const most = (by) =>
    Object.entries(by)
      .sort(([, x], [, y]) => y - x)
      .map(([key]) => key);
  const sources = most(counts.bySab);
  return [
    `${dataset} ${release}`,
    t("found", { n: number.format(counts.concepts) }),
    t("strings", { n: number.format(counts.strings) }),
    most(counts.byLat).map(languageName).join(", "),
    sources.slice(0, 6).join(", ") + (sources.length > 6 ? ` +${sources.length - 6}` : ""),
  ];
}
