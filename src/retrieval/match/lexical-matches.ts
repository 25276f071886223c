import pLimit from "p-limit";
import { isFunctionWord } from "../../text/function-words.ts";
import { normalizeText } from "../../text/normalize.ts";
import type { Filter, VectorStore } from "../../vector-store/vector-store.ts";
import { QueryMeaning } from "../rank/concept-differences.ts";
import type { ConceptsBelow } from "../request/concepts-below.ts";
import { passingAtoms, type SearchFilter } from "../request/search-filter.ts";
import type { MatchType } from "../request/search-types.ts";
import { codesBelow } from "./code-matches.ts";
import { type NamedBy, type NamedString, namedStrings } from "./exact-matches.ts";
import { wordedStrings } from "./fuzzy-matches.ts";
import type { OutOfVocabularyWords } from "./out-of-vocabulary.ts";
import type { PrefixMatches } from "./prefix-matches.ts";
import { cuisOf, type StoredString } from "./stored-string.ts";
import { wordPrefixMatches } from "./word-prefix-matches.ts";

/** How a string was found without an encoder: `NamedBy`, or it completes the text, has all its words, or has them but for typos. */
export type MatchedBy = NamedBy | "beginning" | "contains" | "typos";

/** A string found without an encoder. Lists of them stand in the order of their tiers, and in a tier best first. */
export interface MatchedString extends StoredString {
  /** `semantic` for one that the encoders shall look at, and which stands as they say. */
  tier: MatchType;
  by: MatchedBy;
  cuis: readonly string[];
  /** Of a string that holds the words: how much of it they are, 0 to 1. */
  likeness?: number;
}

export interface MatchOptions {
  filter: SearchFilter;
  /** What the store applies of it. */
  pushed: Filter | undefined;
  /** Learns which of the concepts found are under `filter.under`. */
  below?: ConceptsBelow | undefined;
  /** Milliseconds that the store may take for a lookup. */
  timeoutMs?: number | undefined;
  /** Strings that may complete the text. */
  completions: number;
  begun: PrefixMatches;
  unknown: OutOfVocabularyWords;
}

// The store works on several cores by itself; more lookups at once only wait for each other.
const TEXTS_AT_ONCE = 4;
const WORDED = 200;
/** Two names of which each has all words of the other, with a typo in some. */
const MIN_LIKENESS = 0.87;

/**
 * For each text what the release has for it without an encoder: what it names, and where it names nothing, what
 * completes it and what it seems to misspell.
 */
export async function matchedStrings(
  store: VectorStore,
  stringsCollection: string,
  texts: readonly string[],
  { filter, pushed, below, timeoutMs, completions, begun: beginnings, unknown }: MatchOptions,
): Promise<MatchedString[][]> {
  const named = await namedStrings(store, stringsCollection, texts, { codes: true, keys: true });
  await below?.learn(named.flatMap((list) => list.flatMap((string) => string.cuis)));
  const limit = pLimit(TEXTS_AT_ONCE);
  return limit.map(texts, async (text, i) => {
    const names = named[i]!.filter((string) => namesOne(string, filter, below));
    const coded = await continuedCodes(store, stringsCollection, text, names, { filter, below });
    if (names.length > 0 || coded.length > 0) return [...names, ...coded];
    const options = { filter: pushed, timeoutMs };
    const [begun, worded] = await Promise.all([
      beginnings.of(stringsCollection, text, { limit: completions, ...options }),
      wordedStrings(store, stringsCollection, text, { limit: WORDED, ...options, unknown }),
    ]);
    const holds = worded.some(({ typos }) => typos === 0);
    const typing =
      begun.length === 0 && !holds && (await isTyping(unknown, stringsCollection, text, timeoutMs))
        ? await wordPrefixMatches(store, stringsCollection, text, { limit: WORDED, ...options })
        : [];
    await below?.learnFiltered([...begun, ...worded, ...typing]);
    const unfinished = begun.length > 0 && (await isUnfinished(unknown, stringsCollection, text, timeoutMs));
    const found: MatchedString[] = [];
    for (const string of begun) {
      const tier = unfinished && completes(string, text) ? "prefix" : "semantic";
      found.push({ ...string, tier, by: "beginning", cuis: cuisOf(string) });
    }
    for (const string of typing)
      found.push({ ...string, tier: "prefix", by: "beginning", cuis: cuisOf(string) });
    const known = new Set(found.filter(({ tier }) => tier === "prefix").map(({ ref }) => ref.id));
    const query = new QueryMeaning(text);
    for (const { likeness, typos, ...string } of worded) {
      if (known.has(string.ref.id)) continue;
      // A name that has all the words says no less than the text, unless it says otherwise.
      const isHeld = typos === 0 && query.differences(string.record).length === 0;
      const tier = isHeld || (typos > 0 && likeness >= MIN_LIKENESS) ? "lexical" : "semantic";
      found.push({ ...string, tier, by: typos === 0 ? "contains" : "typos", cuis: cuisOf(string), likeness });
    }
    return found;
  });
}

/** Codes that go on where the text ends, as one that is being typed: with the whole code that it is, or alone. */
async function continuedCodes(
  store: VectorStore,
  stringsCollection: string,
  text: string,
  names: readonly NamedString[],
  { filter, below }: Pick<MatchOptions, "filter" | "below">,
): Promise<MatchedString[]> {
  // A text that is a name of something is no code that is being typed.
  if (names.some(({ by }) => by !== "code" && by !== "cui")) return [];
  const found = await codesBelow(store, stringsCollection, text);
  if (found.length === 0) return [];
  await below?.learn(found.flatMap(({ cuis }) => cuis));
  const known = new Set(names.flatMap(({ cuis }) => cuis));
  return found
    .filter((string) => namesOne(string, filter, below) && !string.cuis.every((cui) => known.has(cui)))
    .map(({ ref, record, cuis }) => ({ ref, record, cuis, tier: "prefix", by: "beginning" }));
}

function namesOne(
  string: StoredString & { cuis: readonly string[] },
  filter: SearchFilter,
  below: ConceptsBelow | undefined,
): boolean {
  return passingAtoms(string.record, filter, below).some((atom) => string.cuis.includes(atom.cui));
}

/** Whether a text of several words may be one that is being typed: some word is none that the release knows, or the last is short. */
async function isTyping(
  unknown: OutOfVocabularyWords,
  stringsCollection: string,
  text: string,
  timeoutMs: number | undefined,
): Promise<boolean> {
  const words = normalizeText(text).split(" ");
  if (words.length < 2) return false;
  return words.at(-1)!.length <= 3 || (await unknown.among(stringsCollection, words, timeoutMs)).size > 0;
}

/** Whether the last word typed is none that the release knows, or one after which more must come. */
async function isUnfinished(
  unknown: OutOfVocabularyWords,
  stringsCollection: string,
  text: string,
  timeoutMs: number | undefined,
): Promise<boolean> {
  const last = normalizeText(text).split(" ").at(-1)!;
  return isFunctionWord(last) || (await unknown.among(stringsCollection, [last], timeoutMs)).size > 0;
}

/**
 * Whether a string finishes what somebody was about to type: its next letter belongs to the last word typed, or that word
 * cannot be the last. After a whole word a string that goes on says more than the text did, and may be another thing.
 */
function completes({ record }: StoredString, text: string): boolean {
  const typed = normalizeText(text);
  return normalizeText(record.text)[typed.length] !== " " || isFunctionWord(typed.split(" ").at(-1)!);
}
