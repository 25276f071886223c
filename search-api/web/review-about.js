import { request } from "./api.js";
import { h } from "./element.js";
import { keyList, meaningOf, t } from "./review-texts.js";
import { number } from "./texts.js";

/** Everyone's progress, how reviewers agree, what the keys do. */
export function aboutView({ reviewers, pairs, entries, agreement }, onClose) {
  return [
    h("button", { type: "button", class: "back", onclick: onClose }, t("close")),
    h("h2", {}, t("reviewers")),
    table(
      ["", t("pairs"), t("entries")],
      reviewers.map((one) => [
        one.reviewer,
        `${number.format(one.pairs)} / ${number.format(pairs)}`,
        `${number.format(one.entries)} / ${number.format(entries)}`,
      ]),
    ),
    h("h2", {}, t("agreement")),
    ...(agreement.byPair.length === 0
      ? [h("p", { class: "note" }, t("agreementNone"))]
      : [
          table(
            ["", t("pairs"), t("same"), "κ"],
            [
              ...agreement.byPair.map(({ reviewers: names, pairs: n, same, kappa }) => [
                names.join(" – "),
                number.format(n),
                number.format(same),
                kappa?.toFixed(3) ?? "–",
              ]),
              ...(agreement.byPair.length > 1
                ? [[t("mean"), "", "", agreement.mean?.toFixed(3) ?? "–"]]
                : []),
            ],
          ),
          h("p", { class: "note" }, t("agreementText")),
        ]),
    h("h2", {}, t("scaleTitle")),
    keysTable([0, 1, 2, 3, 4, 5].map((rating) => [rating, meaningOf(rating)])),
    h("h2", {}, t("keys")),
    keysTable(keyList),
    h("p", { class: "tools" }, h("button", { type: "button", onclick: download }, t("csv"))),
  ];
}

/** A link would not carry the key. */
async function download() {
  const table = await (await request("api/v1/review/ratings.csv", {})).blob();
  const link = h("a", { href: URL.createObjectURL(table), download: "ratings.csv" });
  link.click();
  URL.revokeObjectURL(link.href);
}

function keysTable(list) {
  return h(
    "dl",
    { class: "keys" },
    list.flatMap(([key, does]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, does)]),
  );
}

function table(heads, rows) {
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        heads.map((head) => h(head === "" ? "td" : "th", { scope: head === "" ? undefined : "col" }, head)),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map(([first, ...cells]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, first),
          cells.map((cell) => h("td", {}, cell)),
        ),
      ),
    ),
  );
}

/** Asks who is rating. */
export function whoView(reviewers, onName) {
  const input = h("input", {
    id: "reviewer",
    name: "reviewer",
    type: "text",
    required: true,
    maxlength: 60,
    pattern: "[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N} .,_'’@+\\-]{0,59}",
    autocomplete: "name",
  });
  const known = reviewers.map(({ reviewer }) =>
    h("button", { type: "button", onclick: () => onName(reviewer) }, reviewer),
  );
  return h(
    "form",
    {
      class: "start",
      onsubmit: (event) => {
        event.preventDefault();
        onName(input.value.trim());
      },
    },
    h("h1", {}, t("who")),
    h("p", {}, t("whoText")),
    h(
      "p",
      { class: "asked" },
      h("label", { for: "reviewer" }, t("name")),
      input,
      h("button", { type: "submit" }, t("begin")),
    ),
    known.length > 0 ? h("p", { class: "examples" }, `${t("known")} `, known) : "",
  );
}
