import { concept as fetchConcept } from "./api.js";
import { copy, curlOf } from "./clipboard.js";
import { h } from "./element.js";
import { hierarchy } from "./hierarchy.js";
import { currentKey } from "./key.js";
import { conceptLink, few } from "./lists.js";
import { separated } from "./marks.js";
import { relationLabel } from "./relation-label.js";
import { addressOf } from "./state.js";
import { languageName, languageTag, number, ownLat, t } from "./texts.js";

const FEW = 12;

/** All that the release says of a concept. */
export function conceptView(concept, state, { near, onClose, onUnder }) {
  const { cui, name, semanticTypes } = concept;
  const own = concept.names[ownLat];
  const path = `api/v1/concepts/${encodeURIComponent(cui)}`;
  const linkTo = (target) => addressOf({ ...state, cui: target });
  const tool = (label, text, title) =>
    h("button", { type: "button", title, onclick: (event) => copy(text(), event.currentTarget) }, label);
  return [
    h("button", { type: "button", class: "back", onclick: onClose }, state.q ? `← ${t("back")}` : t("close")),
    h("h1", { tabindex: "-1", id: "concept-name" }, name),
    own && own !== name ? h("p", { class: "own", lang: languageTag(ownLat) }, own) : "",
    h(
      "p",
      { class: "facts" },
      separated([tool(cui, () => cui, t("copyCui", { cui })), ...semanticTypes.map((type) => type.name)]),
    ),
    definitions(concept),
    names(concept),
    section(
      t("hierarchy"),
      hierarchy(concept, linkTo, childrenOf(state)),
      concept.children.length > 0
        ? h("button", { type: "button", class: "all", onclick: () => onUnder(cui) }, t("searchUnder"))
        : "",
    ),
    relations(concept, linkTo),
    section(t("near"), near),
    h(
      "p",
      { class: "tools" },
      h("span", {}, t("copy")),
      tool(t("link"), () => new URL(addressOf(state), location.href).href),
      tool("curl", () => curlOf(path)),
      tool("JSON", () => JSON.stringify(concept, null, 2)),
      currentKey() ? "" : h("a", { href: path, target: "_blank", rel: "noopener" }, t("open")),
    ),
  ];
}

/** The children of any concept of the tree. */
function childrenOf({ dataset }) {
  const parameters = new URLSearchParams({
    ...(dataset ? { dataset } : {}),
    ...(ownLat ? { lat: ownLat } : {}),
  });
  return async (cui) => (await fetchConcept(cui, parameters)).children;
}

function section(title, ...content) {
  if (content.flat().every((part) => part === "" || part === undefined)) return "";
  return h("section", { class: "part" }, h("h2", {}, title), content);
}

function definitions({ definitions: all, atoms }) {
  const latOf = (sab) => atoms.find((atom) => atom.sab === sab)?.lat;
  const ordered = [...all].sort((a, b) => Number(latOf(b.sab) === ownLat) - Number(latOf(a.sab) === ownLat));
  return section(
    t("definitions"),
    few(
      ordered.map(({ sab, text }) =>
        h(
          "p",
          { class: "definition", lang: languageTag(latOf(sab)) },
          text,
          " ",
          h("span", { class: "origin" }, sab),
        ),
      ),
      4,
      (items) => h("div", {}, items),
    ),
  );
}

/** Names by language, the reader's own first; each string once, with all sources that have it. */
function names({ atoms, names: preferred }) {
  const languages = new Map();
  for (const { lat, str, sab, tty, suppress } of atoms) {
    const strings = languages.get(lat) ?? new Map();
    languages.set(lat, strings);
    const entry = strings.get(str) ?? { sources: new Set(), current: false };
    strings.set(str, entry);
    entry.sources.add(tty ? `${sab} ${tty}` : sab);
    entry.current ||= suppress === "N";
  }
  const place = (lat) => (lat === ownLat ? 0 : lat === "ENG" ? 1 : 2);
  const ordered = [...languages].sort(
    ([a, x], [b, y]) => place(a) - place(b) || y.size - x.size || (a < b ? -1 : 1),
  );
  return section(
    t("names"),
    ordered.map(([lat, strings]) => {
      const sorted = [...strings].sort(
        ([a, x], [b, y]) =>
          Number(b === preferred[lat]) - Number(a === preferred[lat]) ||
          Number(y.current) - Number(x.current) ||
          y.sources.size - x.sources.size ||
          a.localeCompare(b),
      );
      const items = sorted.map(([string, { sources, current }]) =>
        h(
          "li",
          {
            class:
              [string === preferred[lat] && "preferred", !current && "obsolete"].filter(Boolean).join(" ") ||
              undefined,
            title: current ? undefined : t("obsolete"),
          },
          h("span", { lang: languageTag(lat) }, string),
          " ",
          h(
            "span",
            { class: "origin" },
            separated([...sources].slice(0, 4)),
            sources.size > 4 ? ` +${sources.size - 4}` : "",
          ),
        ),
      );
      return h(
        "div",
        { class: "language" },
        h("h3", {}, languageName(lat)),
        few(items, FEW, (list) => h("ul", { class: "names" }, list)),
      );
    }),
  );
}

function relations({ relations: all, parents, children, relationCount }, linkTo) {
  const groups = new Map();
  for (const relation of all) {
    const label = relationLabel(relation);
    groups.set(label, [...(groups.get(label) ?? []), relation]);
  }
  const kept = [...parents, ...children, ...all].reduce((sum, { sabs }) => sum + sabs.length, 0);
  const note =
    relationCount > kept
      ? h(
          "p",
          { class: "note" },
          t("partOf", { shown: number.format(kept), n: number.format(relationCount) }),
        )
      : "";
  return section(
    t("relations"),
    [...groups].map(([label, items]) =>
      h(
        "div",
        { class: "relation" },
        h("h3", {}, label),
        few(
          items.map((item) => h("li", {}, conceptLink(item, linkTo))),
          FEW,
          (list) => h("ul", { class: "links" }, list),
        ),
      ),
    ),
    groups.size > 0 ? note : "",
  );
}
