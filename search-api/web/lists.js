import { h } from "./element.js";
import { number, t } from "./texts.js";

/** A link to another concept, or its bare identifier where the release does not hold it. */
export function conceptLink({ cui, name }, linkTo) {
  if (name === undefined) return h("span", { class: "absent", title: t("unnamed") }, cui);
  return h("a", { href: linkTo(cui), "data-cui": cui }, name);
}

/** The first few of a list, and a button for the others. */
export function few(items, limit, wrap) {
  if (items.length === 0) return "";
  if (items.length <= limit + 2) return wrap(items);
  const list = wrap(items.slice(0, limit));
  const button = h(
    "button",
    {
      type: "button",
      class: "all",
      onclick: () => {
        const rest = items.slice(limit);
        list.append(...rest);
        button.remove();
        const first = rest[0].querySelector("a") ?? rest[0];
        if (first === rest[0]) first.tabIndex = -1;
        first.focus();
      },
    },
    t("showAll", { n: number.format(items.length) }),
  );
  return h("div", {}, list, button);
}
