import { h } from "./element.js";
import { dots, separated } from "./marks.js";
import { meaningOf, t } from "./review-texts.js";
import { languageName, languageTag, ownLat } from "./texts.js";

/** The concepts of an entry, each once, with what every encoder says of it: those to be rated first, then by place. */
export function conceptsOf(entry) {
  const concepts = new Map();
  const add = (cui, name) => {
    if (!concepts.has(cui)) concepts.set(cui, { cui, name, seen: {} });
    return concepts.get(cui);
  };
  if (entry.merged) add(entry.merged.cui, entry.merged.name);
  const proposals = Object.entries(entry.candidates).flatMap(([encoder, list]) =>
    list.map((candidate) => ({ encoder, ...candidate })),
  );
  for (const { encoder, cui, name, ...seen } of proposals.sort((a, b) => a.rank - b.rank))
    add(cui, name).seen[encoder] = seen;
  for (const { cui, name } of entry.brought ?? []) add(cui, name);
  for (const { cui } of entry.ratings) add(cui, cui);
  const place = ({ cui }) => {
    const at = entry.toRate.indexOf(cui);
    return at < 0 ? entry.toRate.length : at;
  };
  return [...concepts.values()].sort((a, b) => place(a) - place(b));
}

/** One concept with its rating; the present one is the one that the digits rate. */
export function candidateView(concept, { entry, encoders, own, others, details, current, onRate, onChoose }) {
  const { cui, name, seen } = concept;
  const title = details?.name ?? name;
  const chosen = entry.merged?.cui === cui ? entry.merged : undefined;
  const voices = encoders.flatMap((encoder, i) => (seen[encoder] ? [voice(encoder, i, seen[encoder])] : []));
  const matched = [...new Set(Object.values(seen).map(({ string }) => string))].filter((s) => s !== title);
  return h(
    "li",
    {
      class: "candidate",
      "data-cui": cui,
      "aria-current": current ? "true" : undefined,
      onclick: () => onChoose(cui),
    },
    h(
      "div",
      { class: "what" },
      h(
        "h3",
        {},
        h("a", { href: `./?c=${encodeURIComponent(cui)}`, target: "_blank", rel: "noopener" }, title),
      ),
      matched.length > 0 ? h("p", { class: "matched" }, separated(matched)) : "",
      h(
        "p",
        { class: "facts" },
        separated([...(details?.semanticTypes ?? []).map((type) => type.name), cui]),
      ),
      details ? knowledge(details) : h("div", { class: "unread" }),
      chosen && !seen[chosen.source]
        ? h(
            "p",
            { class: "facts" },
            t(chosen.source === "exact" ? "chosenExact" : "chosen", {
              rating: chosen.rating,
              source: chosen.source,
            }),
          )
        : "",
    ),
    h(
      "div",
      { class: "judged" },
      rater({ cui, name: title, own, onRate }),
      h("p", { class: "meaning" }, own === undefined ? "" : meaningOf(own)),
      h("div", { class: "voices-seen" }, voices),
      // Others' ratings are shown to those who have given their own: nobody is to be led.
      own !== undefined && others.length > 0
        ? h(
            "p",
            { class: "facts" },
            separated(others.map(({ reviewer, rating }) => t("others", { who: reviewer, rating }))),
          )
        : "",
    ),
  );
}

function voice(encoder, i, { cosine, rank, rating }) {
  const label = t("proposed", { encoder, rank, cosine: cosine.toFixed(3) });
  return h(
    "p",
    { class: `voice voice-${i}`, title: label },
    h("b", {}, encoder),
    dots(rating),
    h("span", { class: "cosine" }, cosine.toFixed(3)),
    h("span", { class: "cosine" }, `${rank}.`),
  );
}

function rater({ cui, name, own, onRate }) {
  return h(
    "div",
    { class: "rater", role: "group", "aria-label": t("yours", { name }) },
    [0, 1, 2, 3, 4, 5].map((rating) =>
      h(
        "button",
        {
          type: "button",
          tabindex: "-1",
          "aria-pressed": String(own === rating),
          "aria-label": t("rateAs", { name, n: rating, meaning: meaningOf(rating) }),
          title: meaningOf(rating),
          onclick: (event) => {
            event.stopPropagation();
            onRate(cui, rating);
          },
        },
        rating,
      ),
    ),
  );
}

/** Definitions, names in other languages, and the place in the hierarchy. */
function knowledge({ definitions, atoms, names, name, hierarchies, parents }) {
  const latOf = (sab) => atoms.find((atom) => atom.sab === sab)?.lat;
  const ordered = [...definitions].sort(
    (a, b) => Number(latOf(b.sab) === ownLat) - Number(latOf(a.sab) === ownLat),
  );
  const path = pathOf(hierarchies, parents);
  const translated = Object.entries(names).filter(([, other]) => other !== name);
  return [
    ordered.length === 0
      ? h("p", { class: "definition absent" }, t("noDefinition"))
      : ordered
          .slice(0, 2)
          .map(({ sab, text }) =>
            h(
              "p",
              { class: "definition", lang: languageTag(latOf(sab)) },
              text,
              " ",
              h("span", { class: "origin" }, sab),
            ),
          ),
    translated.length > 0
      ? h(
          "p",
          { class: "facts" },
          separated(
            translated
              .slice(0, 4)
              .map(([lat, other]) => [
                `${languageName(lat)}: `,
                h("span", { lang: languageTag(lat) }, other),
              ]),
          ),
        )
      : "",
    path.length > 0 ? h("p", { class: "facts path" }, path.join(" › ")) : "",
  ];
}

/** The longest of the sources' paths that is spelled out; without any, the parents. */
function pathOf(hierarchies, parents) {
  const paths = hierarchies.map(({ path }) => path.flatMap((step) => (step.name ? [step.name] : [])));
  const longest = paths.sort((a, b) => b.length - a.length)[0] ?? [];
  return longest.length > 0
    ? longest.slice(-6)
    : parents.flatMap((p) => (p.name ? [p.name] : [])).slice(0, 1);
}
