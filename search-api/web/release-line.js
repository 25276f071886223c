import { h } from "./element.js";
import { number, t } from "./texts.js";

/** Which release is searched, with a choice where the store holds several datasets; it opens what is known of releases. */
export function releaseLine(active, current, { onChoose, onOpen }) {
  if (!current) return [];
  const facts = `${current.release} · ${t("strings", { n: number.format(current.counts.strings) })}`;
  const open = (text) =>
    h("button", { type: "button", class: "all", onclick: onOpen, "aria-haspopup": "dialog" }, text);
  if (active.length === 1) return [open(`${current.dataset} ${facts}`)];
  const options = active.map(({ dataset }) =>
    h("option", { value: dataset, selected: dataset === current.dataset }, dataset),
  );
  const onchange = (event) => onChoose(event.currentTarget.value);
  return [h("select", { "aria-label": t("dataset"), onchange }, options), " ", open(facts)];
}
