import { sameQuantity } from "./quantities.ts";
import type { Meaning, MeaningToken } from "./read-meaning.ts";

const JOINED = new Set<MeaningToken["kind"]>(["word", "letter", "number", "mark"]);

/** A text in which what the other writes as one mark (`IL6`, `B12`) is one too, where it stands in pieces: `IL 6`, `B 12`. */
export function withJoined(meaning: Meaning, other: Meaning): Meaning {
  const marks = other.tokens.filter(({ kind }) => kind === "mark");
  if (marks.length === 0) return meaning;
  let { tokens, words, keys } = meaning;
  for (const mark of marks) {
    if (tokens.some(({ kind, key }) => kind === "mark" && key === mark.key)) continue;
    const place = tokens.findIndex((_, i) => piecesOf(tokens, i, mark.key) > 0);
    if (place < 0) continue;
    const count = piecesOf(tokens, place, mark.key);
    const gone = tokens.slice(place, place + count);
    const text = gone.map((token) => token.text).join(" ");
    tokens = tokens.toSpliced(place, count, { ...mark, text });
    keys = [];
    words = words.filter((word) => !gone.some(({ kind, key }) => kind === "word" && key === word));
  }
  return { tokens, words, keys };
}

/** How many tokens from a place on make up a mark; 0 where they don't. */
function piecesOf(tokens: readonly MeaningToken[], from: number, mark: string): number {
  let made = "";
  for (let i = from; i < Math.min(tokens.length, from + 4); i++) {
    const { kind, key } = tokens[i]!;
    if (!JOINED.has(kind)) return 0;
    // A Greek letter stands for its first: `IL-2Rα`, `IL2RA`.
    const next = made + (kind === "letter" ? key[0] : key);
    if (!mark.startsWith(next)) return 0;
    made = next;
    if (made === mark) return i - from > 0 ? i - from + 1 : 0;
  }
  return 0;
}

/** `delta` is D, and `b` beta. */
export function isSameLetter(a: MeaningToken, b: MeaningToken): boolean {
  return a.key === b.key || ((a.key.length === 1) !== (b.key.length === 1) && a.key[0] === b.key[0]);
}

/** Whether two numbers, ranges or ratios say the same. */
export function isSameValue(a: MeaningToken, b: MeaningToken): boolean {
  return (
    a.quantities!.length === b.quantities!.length &&
    a.quantities!.every((quantity, i) => sameQuantity(quantity, b.quantities![i]!))
  );
}

const AKIN = 5;

/** Whether two words, as `spellingKey` has them, are forms of one, or the same in two languages: `diabete`, `diabetes`. */
export function isAkin(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.length < AKIN || b.length < AKIN) return false;
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common++;
  return common >= AKIN && common >= Math.max(a.length, b.length) - 4;
}
