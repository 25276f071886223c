import { editDistance } from "../../text/edit-distance.ts";
import { normalizeText } from "../../text/normalize.ts";
import { searchWords } from "../../text/search-words.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { type LookupOptions, storeOptions } from "../request/store-options.ts";
import type { OutOfVocabularyWords } from "./out-of-vocabulary.ts";
import { type StoredString, storedString } from "./stored-string.ts";

/** A string that holds all words of a text. */
export interface WordedString extends StoredString {
  /** How much of both is the other: the share of letters in common over the words of both, 0 to 1. */
  likeness: number;
  /** Letters by which the words differ. */
  typos: number;
}

export interface WordedOptions extends LookupOptions {
  unknown: OutOfVocabularyWords;
}

// Each word costs the store a lookup, and long texts are for the encoders.
const MAX_WORDS = 10;
const MAX_TYPOS = 2;
// A longer run of letters is no word that somebody mistyped, and the store's automaton for it would be too large.
const MAX_WORD = 60;

/**
 * Strings with all words of the text, in any order, function words apart: as typed, and where no string has them so, with
 * one typo in each word that the release does not know, and then with two. The likest first, then the best known.
 */
export async function wordedStrings(
  store: VectorStore,
  stringsCollection: string,
  text: string,
  { limit, filter, timeoutMs, unknown }: WordedOptions,
): Promise<WordedString[]> {
  const words = searchWords(text);
  if (words.length === 0 || words.length > MAX_WORDS) return [];
  if (words.some((word) => word.length > MAX_WORD)) return [];
  let known: string[] | undefined;
  for (let typos = 0; typos <= MAX_TYPOS; typos++) {
    if (typos > 0 && !known) {
      const strange = await unknown.among(stringsCollection, words, timeoutMs);
      if (strange.size === 0) return [];
      known = words.filter((word) => !strange.has(word));
    }
    const options = { typos, ...storeOptions({ filter, timeoutMs }) };
    const found = await store.findByWords(stringsCollection, "norm", [...new Set(words)], limit, options);
    const strings = found.map((stored) => judged(storedString(stored), words));
    const kept = known ? strings.filter((string) => hasAll(string, known!)) : strings;
    if (kept.length > 0) return kept.sort(byLikeness);
  }
  return [];
}

function hasAll({ record }: StoredString, words: readonly string[]): boolean {
  const own = new Set(normalizeText(record.text).split(" "));
  return words.every((word) => own.has(word));
}

function judged(string: StoredString, words: readonly string[]): WordedString {
  const others = searchWords(string.record.text);
  const rest = [...others];
  let [common, typos] = [0, 0];
  for (const word of words) {
    const near = nearest(word, rest);
    if (!near) continue;
    rest.splice(rest.indexOf(near.word), 1);
    typos += near.distance;
    common += 1 - near.distance / Math.max(word.length, near.word.length);
  }
  return { ...string, typos, likeness: (2 * common) / (words.length + others.length) };
}

function nearest(word: string, others: readonly string[]): { word: string; distance: number } | undefined {
  let best: { word: string; distance: number } | undefined;
  for (const other of others) {
    const limit = best ? best.distance - 1 : MAX_TYPOS;
    if (limit < 0) break;
    const distance = editDistance(word, other, limit);
    if (distance <= limit) best = { word: other, distance };
  }
  return best;
}

function byLikeness(a: WordedString, b: WordedString): number {
  return (
    b.likeness - a.likeness ||
    b.record.prominence - a.record.prominence ||
    (a.ref.id < b.ref.id ? -1 : a.ref.id > b.ref.id ? 1 : 0)
  );
}
