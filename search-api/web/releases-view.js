import { h } from "./element.js";
import { languageName, number, t } from "./texts.js";

const COUNTS = ["concepts", "strings", "atoms"];

/** The releases of the store, what the present one holds, and what changed since the one before it. */
export function releasesView(known, current, onClose) {
  const others = known
    .filter(({ dataset, release }) => dataset === current.dataset && release !== current.release)
    .sort((a, b) => (a.ingestedAt < b.ingestedAt ? 1 : -1));
  const before = others.find(({ ingestedAt }) => ingestedAt < current.ingestedAt) ?? others[0];
  return [
    h("button", { type: "button", class: "back", onclick: onClose }, t("close")),
    h("h2", {}, t("releases")),
    table(
      ["", ...COUNTS.map((name) => t(`count.${name}`)), t("ingested")],
      known.map((entry) => [
        `${entry.dataset} ${entry.release}${entry.active ? ` · ${t("active")}` : ""}`,
        ...COUNTS.map((name) => number.format(entry.counts[name])),
        new Date(entry.ingestedAt).toLocaleDateString(),
      ]),
    ),
    ...(before ? changes(before, current) : []),
    h("h2", {}, `${current.dataset} ${current.release}`),
    counted(t("sab"), current.counts.bySab, (sab) => sab),
    counted(t("lat"), current.counts.byLat, languageName),
    table(
      [t("encoders"), t("dimension")],
      current.encoders.map(({ id, dimension }) => [id, number.format(dimension)]),
    ),
  ];
}

function changes(before, current) {
  const delta = (from = 0, to = 0) => signed.format(to - from);
  const sabs = [...new Set([...Object.keys(before.counts.bySab), ...Object.keys(current.counts.bySab)])];
  const moved = sabs
    .map((sab) => [sab, before.counts.bySab[sab] ?? 0, current.counts.bySab[sab] ?? 0])
    .filter(([, from, to]) => from !== to)
    .sort(([, a, b], [, c, d]) => Math.abs(d - c) - Math.abs(b - a));
  return [
    h("h2", {}, t("changed", { from: before.release, to: current.release })),
    table(
      ["", before.release, current.release, "±"],
      [
        ...COUNTS.map((name) => [t(`count.${name}`), before.counts[name], current.counts[name]]),
        ...moved.slice(0, 12),
      ].map(([name, from, to]) => [name, number.format(from), number.format(to), delta(from, to)]),
    ),
    h(
      "p",
      { class: "note" },
      t("everyChange"),
      " ",
      h("code", {}, `termduet releases diff ${current.dataset} ${before.release} ${current.release}`),
    ),
  ];
}

const signed = new Intl.NumberFormat(number.resolvedOptions().locale, { signDisplay: "exceptZero" });

function counted(title, counts, nameOf) {
  const ordered = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return table(
    [title, t("count.atoms")],
    ordered.map(([key, n]) => [nameOf(key), number.format(n)]),
  );
}

function table(heads, rows) {
  const heading = (text) => (text === "" ? h("td", {}) : h("th", { scope: "col" }, text));
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, heads.map(heading))),
    h(
      "tbody",
      {},
      rows.map(([first, ...cells]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, first),
          cells.map((text) => h("td", {}, text)),
        ),
      ),
    ),
  );
}
