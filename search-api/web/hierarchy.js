import { h } from "./element.js";
import { conceptLink, few } from "./lists.js";
import { ownLat, t } from "./texts.js";

const MAX_PATHS = 4;
const MAX_CHILDREN = 12;

/**
 * The concept's places among its ancestors as one tree, with its children below. Paths that share a beginning share it
 * here. Every concept of it can be opened: what is below it is asked for then, by `childrenOf`.
 */
export function hierarchy(concept, linkTo, childrenOf) {
  const paths = pathsOf(concept);
  if (paths.length === 0 && concept.children.length === 0) return "";
  const root = { children: new Map() };
  for (const path of paths.length > 0 ? paths : [[]]) {
    let node = root;
    for (const step of path) {
      const key = step.cui ?? step.aui;
      if (!node.children.has(key)) node.children.set(key, { step, children: new Map() });
      node = node.children.get(key);
    }
    node.here = true;
  }
  const closed = (child) => branch(child, { linkTo, childrenOf });
  const own = () =>
    h(
      "li",
      { class: "here" },
      h("span", { "aria-current": "true" }, concept.names[ownLat] ?? concept.name),
      few(concept.children.map(closed), MAX_CHILDREN, (items) => h("ul", {}, items)),
    );
  const grown = (node) => {
    const items = [...node.children.values()].map((child) =>
      branch(named(child.step), { linkTo, childrenOf, path: grown(child), without: concept.cui }),
    );
    return node.here ? [...items, own()] : items;
  };
  return h("ul", { class: "tree" }, grown(root));
}

/** One concept of the tree. Of an ancestor the path is there from the start, and opening it adds what else is below. */
function branch(concept, { linkTo, childrenOf, path = [], without }) {
  const shown = new Set([without, ...path.map((item) => item.dataset.cui)]);
  const below = h("ul", {}, path);
  let added;
  const show = async () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    if (!open) {
      added?.remove();
      return;
    }
    if (!added) {
      const children = (await childrenOf(concept.cui)).filter(({ cui }) => !shown.has(cui));
      const items = children.map((child) => branch(child, { linkTo, childrenOf }));
      added = h(
        "li",
        { class: "added" },
        items.length > 0
          ? few(items, MAX_CHILDREN, (list) => h("ul", {}, list))
          : h("span", { class: "note" }, t(path.length > 0 ? "noneElse" : "noneBelow")),
      );
    }
    if (button.getAttribute("aria-expanded") === "true") below.append(added);
  };
  const button = h("button", {
    type: "button",
    class: "twig",
    "aria-expanded": "false",
    "aria-label": t("below", { name: concept.name ?? concept.cui }),
    onclick: show,
  });
  const canOpen = concept.name !== undefined;
  return h("li", { "data-cui": concept.cui }, canOpen ? button : "", conceptLink(concept, linkTo), below);
}

function named({ cui, name, aui }) {
  return cui === undefined ? { cui: aui } : { cui, name };
}

/** Distinct paths of the sources' hierarchies, the shortest first; without any, each parent is a path of its own. */
function pathsOf({ hierarchies, parents }) {
  const seen = new Set();
  const paths = hierarchies
    .map(({ path }) => path)
    .filter((path) => {
      const key = path.map((step) => step.cui ?? step.aui).join("/");
      return path.length > 0 && !seen.has(key) && seen.add(key);
    });
  if (paths.length > 0) return paths.sort((a, b) => a.length - b.length).slice(0, MAX_PATHS);
  return parents.slice(0, MAX_PATHS).map((parent) => [parent]);
}
