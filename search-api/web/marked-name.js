import { h } from "./element.js";
import { t } from "./texts.js";

const WORD = /[\p{L}\p{N}]+/gu;
/** Shorter beginnings are shared by words that have nothing in common. */
const LEAST_BEGINNING = 4;

/**
 * A name with the words marked that stand in the query too, and those that say otherwise than it (`differs` of a result).
 * Words are the same without accents and case, or where one goes on where the other ends.
 */
export function markedName(name, { query = "", differs = [] } = {}) {
  const asked = [...query.matchAll(WORD)].map(([word]) => folded(word));
  const other = differs.flatMap((one) =>
    one.name ? [...one.name.matchAll(WORD)].map(([word]) => folded(word)) : [],
  );
  const parts = [];
  let at = 0;
  for (const { 0: word, index } of name.matchAll(WORD)) {
    const kind = other.includes(folded(word))
      ? "otherwise"
      : asked.some((one) => isAkin(one, folded(word)))
        ? "said"
        : "";
    if (!kind) continue;
    parts.push(name.slice(at, index), h("mark", { class: kind }, word));
    at = index + word.length;
  }
  return [...parts, name.slice(at)];
}

/** What a result's name says otherwise than the query, in words: `≠ left, right`. */
export function differences(differs) {
  if (!differs?.length) return "";
  const pairs = differs.map(({ query, name }) => [query ?? "–", name ?? "–"].join(" / "));
  return h("span", { class: "otherwise", title: t("differsTitle") }, `≠ ${pairs.join("; ")}`);
}

function isAkin(one, other) {
  if (one === other) return true;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length >= LEAST_BEGINNING && long.startsWith(short) && long.length - short.length <= 3;
}

function folded(word) {
  return word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
