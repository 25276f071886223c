import { normalizeText } from "../../text/normalize.ts";
import { searchWords } from "../../text/search-words.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { type LookupOptions, storeOptions } from "../request/store-options.ts";
import { type StoredString, storedString } from "./stored-string.ts";

type Reading = Pick<VectorStore, "findByPrefix" | "findByWords">;

const [FEWEST, MOST] = [2, 5];
// A shorter beginning begins too much; it only has to fit.
const SHORTEST = 3;
/** Strings that are asked for the words that a beginning may become, and words that are tried. */
const BEGUN = 80;
const COMPLETIONS = 5;

/**
 * Strings in which each word of a text begins a word, in any order (`should pa`, `pain sho`): as somebody types who knows what the
 * name holds, but not how it begins. The best known first. The store finds whole words alone, so the longest beginning is made
 * into the words that names begin with, and the others are looked for in what is found.
 */
export async function wordPrefixMatches(
  store: Reading,
  collection: string,
  text: string,
  { limit, filter, timeoutMs }: LookupOptions,
): Promise<StoredString[]> {
  const words = [...new Set(searchWords(text))];
  if (words.length < FEWEST || words.length > MOST) return [];
  const [first, second] = words.filter((word) => word.length >= SHORTEST).sort((a, b) => b.length - a.length);
  if (first === undefined) return [];
  const options = storeOptions({ filter, timeoutMs });
  const holding = async (asked: readonly string[]): Promise<StoredString[]> => {
    const found = await store.findByWords(collection, "norm", asked, limit, options);
    return found.map(storedString).filter((string) => beginsAll(string, words));
  };
  const firsts = await completionsOf(store, collection, first, timeoutMs);
  let found = (await Promise.all(firsts.map((word) => holding([word])))).flat();
  if (found.length === 0 && second !== undefined) {
    const seconds = await completionsOf(store, collection, second, timeoutMs);
    const pairs = [
      ...seconds.map((word) => [word]),
      ...firsts.flatMap((one) => seconds.map((other) => [one, other])),
    ];
    found = (await Promise.all(pairs.map(holding))).flat();
  }
  const distinct = new Map(found.map((string) => [string.ref.id, string]));
  return [...distinct.values()]
    .sort(
      (a, b) =>
        b.record.prominence - a.record.prominence ||
        a.record.text.length - b.record.text.length ||
        (a.ref.id < b.ref.id ? -1 : 1),
    )
    .slice(0, limit);
}

/** Words that begin so and with which names begin, the most frequent first; the beginning itself is one, should it be whole. */
async function completionsOf(
  store: Reading,
  collection: string,
  beginning: string,
  timeoutMs: number | undefined,
): Promise<string[]> {
  const options = { by: "prominence", ...storeOptions({ timeoutMs }) };
  const counts = new Map<string, number>();
  for (const stored of await store.findByPrefix(collection, "norm", beginning, BEGUN, options)) {
    const [word] = normalizeText(storedString(stored).record.text).split(" ");
    counts.set(word!, (counts.get(word!) ?? 0) + 1);
  }
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
  return [...new Set([beginning, ...ordered])].slice(0, COMPLETIONS + 1);
}

/** Whether each word begins another word of the string. */
function beginsAll({ record }: StoredString, words: readonly string[]): boolean {
  const rest = normalizeText(record.text).split(" ");
  return [...words]
    .sort((a, b) => b.length - a.length)
    .every((word) => {
      const place = rest.findIndex((other) => other.startsWith(word));
      if (place >= 0) rest.splice(place, 1);
      return place >= 0;
    });
}
