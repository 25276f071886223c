import type { StringRecord } from "../../terminology/concept.ts";
import { functionWords } from "../../text/function-words.ts";
import { normalizeText } from "../../text/normalize.ts";
import { wordKeys } from "../../text/word-keys.ts";

/** How a known name is asked for: as it is, written otherwise, with its words in another order, misspelt, or by its code. */
export const ASKED_AS = ["name", "writing", "order", "typo", "code", "cui"] as const;
export type AskedAs = (typeof ASKED_AS)[number];

/** A query whose right answers are known: concepts that have the name, or the code, in the release itself. */
export interface KnownItem {
  query: string;
  as: AskedAs;
  cuis: ReadonlySet<string>;
}

/**
 * Draws names and synonyms of a release, each as likely as the next, and never one that all its sources have given up:
 * a sample of `count` strings of a stream whose length nobody knows (Vitter's algorithm R).
 */
export async function drawStrings(
  strings: AsyncIterable<StringRecord>,
  count: number,
  random: () => number,
): Promise<StringRecord[]> {
  const drawn: StringRecord[] = [];
  let seen = 0;
  for await (const record of strings) {
    if (record.atoms.every((atom) => atom.suppress !== "N") || record.text.length > 1000) continue;
    const place = seen++ < count ? drawn.length : below(seen, random);
    if (place < count) drawn[place] = record;
  }
  return drawn;
}

/** The string asked for in one way; undefined where it can't be asked so, or would then be another name. */
export function askedAs(record: StringRecord, as: AskedAs, random: () => number): KnownItem | undefined {
  const current = record.atoms.filter((atom) => atom.suppress === "N");
  const cuis = new Set(current.map((atom) => atom.cui));
  const item = (query: string | undefined): KnownItem | undefined =>
    query === undefined || query === "" ? undefined : { query, as, cuis };
  switch (as) {
    case "name":
      return item(record.text);
    case "writing":
      return item(otherWriting(record.text));
    case "order":
      return item(otherOrder(record.text, current[0]!.lat, random));
    case "typo":
      return item(misspelt(record.text, random));
    case "code": {
      const coded = current.find((atom) => /\d/.test(atom.code) && atom.code.length >= 2);
      return coded && { query: coded.code, as, cuis: new Set([coded.cui]) };
    }
    case "cui": {
      const { cui } = current[below(current.length, random)]!;
      return { query: cui, as, cuis: new Set([cui]) };
    }
  }
}

function otherWriting(text: string): string | undefined {
  const written = text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[-,]/g, " ").toUpperCase();
  return written !== text && normalizeText(written) === normalizeText(text) ? written : undefined;
}

/** The last of the words first. Texts in which the order says something keep their key only with it. */
function otherOrder(text: string, lat: string, random: () => number): string | undefined {
  const words = normalizeText(text).split(" ");
  const meaning = words.filter((word) => !functionWords(lat).has(word));
  if (meaning.length < 2) return undefined;
  const cut = 1 + below(meaning.length - 1, random);
  const turned = [...meaning.slice(cut), ...meaning.slice(0, cut)].join(" ");
  const [before, after] = [wordKeys(text, [lat])[0], wordKeys(turned, [lat])[0]];
  return before !== undefined && before === after && turned !== words.join(" ") ? turned : undefined;
}

/** Inside the longest word two neighbouring letters change places, one is left out, or one stands twice. */
function misspelt(text: string, random: () => number): string | undefined {
  const words = text.split(" ");
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best), "");
  if (longest.length < 6 || !/^\p{L}+$/u.test(longest)) return undefined;
  const at = 1 + below(longest.length - 3, random);
  const [before, first, second, after] = [
    longest.slice(0, at),
    longest[at],
    longest[at + 1],
    longest.slice(at + 2),
  ];
  const typos = [
    before + second + first + after,
    before + second + after,
    before + first + first + second + after,
  ];
  const typo = typos[below(typos.length, random)]!;
  return typo === longest ? undefined : words.map((word) => (word === longest ? typo : word)).join(" ");
}

function below(limit: number, random: () => number): number {
  return Math.floor(random() * limit);
}
