import pLimit from "p-limit";
import { isFunctionWord } from "../../text/function-words.ts";
import { normalizeText } from "../../text/normalize.ts";
import type { Filter, VectorStore } from "../../vector-store/vector-store.ts";
import type { ConceptsBelow } from "../request/concepts-below.ts";
import { passingAtoms, type SearchFilter } from "../request/search-filter.ts";
import type { MatchType } from "../request/search-types.ts";
import { type NamedBy, namedStrings } from "./exact-matches.ts";
import { wordedStrings } from "./fuzzy-matches.ts";
import type { OutOfVocabularyWords } from "./out-of-vocabulary.ts";
import type { PrefixMatches } from "./prefix-matches.ts";
import { cuisOf, type StoredString } from "./stored-string.ts";

/** How a string was found without an encoder: `NamedBy`, or it completes the text, or has its words but for typos. */
export type MatchedBy = NamedBy | "beginning" | "typos";

/** A string found without an encoder. Lists of them stand in the order of their tiers, and in a tier best first. */
export interface MatchedString extends StoredString {
  /** `semantic` for one that the encoders shall look at, and which stands as they say. */
  tier: MatchType;
  by: MatchedBy;
  cuis: readonly string[];
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
    if (names.length > 0) return names;
    const [begun, worded] = await Promise.all([
      beginnings.of(stringsCollection, text, { limit: completions, filter: pushed, timeoutMs }),
      wordedStrings(store, stringsCollection, text, { limit: WORDED, filter: pushed, timeoutMs, unknown }),
    ]);
    await below?.learnFiltered([...begun, ...worded]);
    const unfinished = begun.length > 0 && (await isUnfinished(unknown, stringsCollection, text, timeoutMs));
    const known = new Set<string>();
    const found: MatchedString[] = [];
    for (const string of begun) {
      known.add(string.ref.id);
      const tier = unfinished && completes(string, text) ? "prefix" : "semantic";
      found.push({ ...string, tier, by: "beginning", cuis: cuisOf(string) });
    }
    for (const { likeness, typos, ...string } of worded) {
      if (known.has(string.ref.id)) continue;
      const tier = typos > 0 && likeness >= MIN_LIKENESS ? "lexical" : "semantic";
      found.push({ ...string, tier, by: "typos", cuis: cuisOf(string) });
    }
    return found;
  });
}

function namesOne(
  string: StoredString & { cuis: readonly string[] },
  filter: SearchFilter,
  below: ConceptsBelow | undefined,
): boolean {
  return passingAtoms(string.record, filter, below).some((atom) => string.cuis.includes(atom.cui));
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
