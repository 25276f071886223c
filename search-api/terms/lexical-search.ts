import { codesBelow, stringsOfCode } from "../../src/retrieval/match/code-matches.ts";
import { isNameOf } from "../../src/retrieval/match/exact-matches.ts";
import { wordPrefixMatches } from "../../src/retrieval/match/word-prefix-matches.ts";
import { QueryMeaning } from "../../src/retrieval/rank/concept-differences.ts";
import { ConceptsBelow } from "../../src/retrieval/request/concepts-below.ts";
import { passingAtoms, type SearchFilter, storeFilter } from "../../src/retrieval/request/search-filter.ts";
import type { KeptAtom, StringRecord } from "../../src/terminology/concept.ts";
import { nameVariants } from "../../src/text/meaning/name-variants.ts";
import { normalizeText } from "../../src/text/normalize.ts";
import { searchWords } from "../../src/text/search-words.ts";
import { wordKeys } from "../../src/text/word-keys.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { Filter, StoredRecord } from "../../src/vector-store/vector-store.ts";
import type { StoreReading } from "./store-reading.ts";

/**
 * What a text must have in common with a string: be it, be it but for its writing, have the same words but for order and
 * plurals, begin it, end it, have its words all in it, be its code or CUI; `filter` is any of the last ones but `ends`.
 */
export type LexicalMode = "exact" | "writing" | "keys" | "begins" | "ends" | "words" | "code" | "filter";

/** A string that was found, with those of its atoms that pass the filter. */
export interface LexicalHit {
  record: StringRecord;
  atoms: KeptAtom[];
}

/** Strings that are looked at for one text; beyond them the best known have been taken. */
export const MAX_HITS = 1_000;
const MAX_WORDS = 10;
const MAX_BEGUN = 200;

/**
 * Strings of a release by their letters alone, without an encoder: those that are the text first, then the best known. For doors whose
 * clients expect nothing where no string has what they typed.
 */
export async function lexicalSearch(
  store: StoreReading,
  release: ReleaseRecord,
  text: string,
  mode: LexicalMode,
  filter: SearchFilter,
): Promise<LexicalHit[]> {
  const [lists, coded] = await Promise.all([
    Promise.all(await lookups(store, release, text, mode, filter)),
    mode === "code" || mode === "filter" ? codes(store, release.strings, text) : new Map<string, CodedHit>(),
  ]);
  const found = new Map<string, StringRecord>();
  for (const { id, body } of lists.flat())
    if (!found.has(id)) found.set(id, JSON.parse(body) as StringRecord);
  for (const [id, { record }] of coded) found.set(id, record);
  const below = filter.under?.length ? new ConceptsBelow(store, release.concepts, filter.under) : undefined;
  await below?.learn([...found.values()].flatMap((r) => r.concepts.map(({ cui }) => cui)));
  const fits = fitting(text, mode);
  const hits = [...found].flatMap(([id, record]) => {
    const code = coded.get(id);
    if (!code && !fits(record)) return [];
    const passing = passingAtoms(record, filter, below);
    // A code is that of some of a string's atoms; its other concepts are not meant.
    const own = code ? passing.filter(({ cui }) => code.cuis.has(cui)) : [];
    const atoms = mode === "code" || own.length > 0 ? own : passing;
    if (atoms.length === 0) return [];
    return [{ record, atoms, place: placeOf(record, atoms, text, own.length > 0 ? code!.place : 4) }];
  });
  return hits
    .sort((a, b) => a.place - b.place || b.record.prominence - a.record.prominence || compare(a, b))
    .slice(0, MAX_HITS)
    .map(({ record, atoms }) => ({ record, atoms }));
}

interface CodedHit {
  record: StringRecord;
  cuis: Set<string>;
  /** 2 for a code that was typed, 3 for one that goes on where the text ends. */
  place: number;
}

async function codes(store: StoreReading, strings: string, text: string): Promise<Map<string, CodedHit>> {
  const [whole, begun] = await Promise.all([
    stringsOfCode(store, strings, text),
    codesBelow(store, strings, text),
  ]);
  const found = new Map<string, CodedHit>();
  for (const [place, list] of [
    [2, whole],
    [3, begun],
  ] as const)
    for (const { ref, record, cuis } of list) {
      const known = found.get(ref.id) ?? { record, cuis: new Set(), place };
      found.set(ref.id, known);
      for (const cui of cuis) known.cuis.add(cui);
    }
  return found;
}

/** Whether a string that a lookup has found is what the mode asks for, by the original texts. */
function fitting(text: string, mode: LexicalMode): (record: StringRecord) => boolean {
  const norm = normalizeText(text);
  const query = new QueryMeaning(text);
  if (mode === "exact") return (record) => record.text === text;
  if (mode === "ends") return (record) => normalizeText(record.text).endsWith(norm);
  if (mode === "writing" || mode === "keys") return (record) => isNameOf(text, record);
  if (mode === "code") return () => false;
  // What says otherwise is not what was asked for, though it has the same words: `BMI < 30` for `BMI > 30`.
  return (record) =>
    !query
      .differences(record)
      .some(({ kind, a, b }) => a !== undefined && (b !== undefined || kind === "negation"));
}

async function lookups(
  store: StoreReading,
  { strings, concepts }: ReleaseRecord,
  text: string,
  mode: LexicalMode,
  filter: SearchFilter,
): Promise<Promise<StoredRecord[]>[]> {
  const norm = normalizeText(text);
  const pushed = await storeFilter(filter, store, concepts);
  const narrowed = pushed ? { filter: pushed } : {};
  const has = (...modes: LexicalMode[]): boolean => modes.includes(mode);
  const list: Promise<StoredRecord[]>[] = [];
  const writings = has("exact") ? [text] : [text, ...nameVariants(text)];
  const norms = [...new Set(writings.map(normalizeText))].filter(Boolean);
  if (norms.length > 0 && has("exact", "writing", "keys", "words", "filter"))
    list.push(store.find(strings, "norm", norms, MAX_HITS));
  if (norm !== "" && has("begins", "filter"))
    list.push(store.findByPrefix(strings, "norm", norm, MAX_HITS, { by: "prominence", ...narrowed }));
  if (has("keys"))
    list.push(
      store.find(
        strings,
        "keys",
        writings.flatMap((one) => wordKeys(one)),
        MAX_HITS,
      ),
    );
  const asked = [...new Set(searchWords(text))];
  if (has("words", "ends", "filter") && asked.length > 0 && asked.length <= MAX_WORDS)
    list.push(holding(store, strings, text, asked, mode, narrowed));
  return list;
}

/** Strings with all the words; in a filter, which is typed letter by letter, where there are none those whose words begin so. */
async function holding(
  store: StoreReading,
  strings: string,
  text: string,
  words: readonly string[],
  mode: LexicalMode,
  narrowed: { filter?: Filter },
): Promise<StoredRecord[]> {
  const found = await store.findByWords(strings, "norm", words, MAX_HITS, narrowed);
  if (found.length > 0 || mode !== "filter") return found;
  const begun = await wordPrefixMatches(store, strings, text, { limit: MAX_BEGUN, ...narrowed });
  return begun.map(({ ref, record }) => ({ ...ref, body: JSON.stringify(record) }));
}

/** The text itself before its code, its writing, and the rest; what all sources have given up is last. */
function placeOf(record: StringRecord, atoms: readonly KeptAtom[], text: string, byCode: number): number {
  if (atoms.every((atom) => atom.suppress !== "N")) return 5;
  if (record.text === text) return 0;
  if (isNameOf(text, record)) return 1;
  return byCode;
}

function compare(a: LexicalHit, b: LexicalHit): number {
  return a.record.text < b.record.text ? -1 : 1;
}
