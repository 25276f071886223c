import { h } from "./element.js";
import { separated } from "./marks.js";
import { languageName, number, t } from "./texts.js";

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
