import { h } from "./element.js";
import { conceptLink, few } from "./lists.js";
import { ownLat } from "./texts.js";

const MAX_PATHS = 4;
const MAX_CHILDREN = 12;

/** The concept's places among its ancestors as one tree, with its children below. Paths that share a beginning share it here. */
export function hierarchy(concept, linkTo) {
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
  const own = () =>
    h(
      "li",
      { class: "here" },
      h("span", { "aria-current": "true" }, concept.names[ownLat] ?? concept.name),
      few(
        concept.children.map((child) => h("li", {}, conceptLink(child, linkTo))),
        MAX_CHILDREN,
        (items) => h("ul", {}, items),
      ),
    );
  return h("ul", { class: "tree" }, branches(root, linkTo, own));
}

function branches(node, linkTo, own) {
  const items = [...node.children.values()].map((child) =>
    h("li", {}, conceptLink(named(child.step), linkTo), h("ul", {}, branches(child, linkTo, own))),
  );
  return node.here ? [...items, own()] : items;
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
