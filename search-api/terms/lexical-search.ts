import { ConceptsBelow } from "../../src/retrieval/request/concepts-below.ts";
import { passingAtoms, type SearchFilter, storeFilter } from "../../src/retrieval/request/search-filter.ts";
import type { KeptAtom, StringRecord } from "../../src/terminology/concept.ts";
import { codeForms, codeWritings } from "../../src/text/code-forms.ts";
import { isFunctionWord } from "../../src/text/function-words.ts";
import { normalizeText } from "../../src/text/normalize.ts";
import { wordKeys } from "../../src/text/word-keys.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { StoredRecord } from "../../src/vector-store/vector-store.ts";
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
  const found = new Map<string, StringRecord>();
  for (const list of await Promise.all(await lookups(store, release, text, mode, filter)))
    for (const { id, body } of list) if (!found.has(id)) found.set(id, JSON.parse(body) as StringRecord);
  const below = filter.under?.length ? new ConceptsBelow(store, release.concepts, filter.under) : undefined;
  await below?.learn([...found.values()].flatMap((r) => r.concepts.map(({ cui }) => cui)));
  const norm = normalizeText(text);
  const writings = codeWritings(text) ?? [];
  const byCode = (atom: KeptAtom): boolean =>
    writings.includes(atom.cui) || codeForms(atom.code).some((form) => writings.includes(form));
  const hits = [...found.values()].flatMap((record) => {
    if (mode === "exact" && record.text !== text) return [];
    if (mode === "ends" && !normalizeText(record.text).endsWith(norm)) return [];
    const passing = passingAtoms(record, filter, below);
    // A code is that of some of a string's atoms; its other concepts are not meant.
    const coded = mode === "code" || mode === "filter" ? passing.filter(byCode) : [];
    const atoms = mode === "code" || coded.length > 0 ? coded : passing;
    return atoms.length === 0 ? [] : [{ record, atoms, place: placeOf(record, atoms, text, norm, byCode) }];
  });
  return hits
    .sort((a, b) => a.place - b.place || b.record.prominence - a.record.prominence || compare(a, b))
    .slice(0, MAX_HITS);
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
  if (norm !== "" && has("exact", "writing", "keys", "words", "filter"))
    list.push(store.find(strings, "norm", [norm], MAX_HITS));
  if (norm !== "" && has("begins", "filter"))
    list.push(store.findByPrefix(strings, "norm", norm, MAX_HITS, { by: "prominence", ...narrowed }));
  if (has("keys")) list.push(store.find(strings, "keys", wordKeys(text), MAX_HITS));
  const words = norm.split(" ").filter(Boolean);
  const meaning = words.filter((word) => !isFunctionWord(word));
  const asked = [...new Set(meaning.length > 0 ? meaning : words)];
  if (has("words", "ends", "filter") && asked.length > 0 && asked.length <= MAX_WORDS)
    list.push(store.findByWords(strings, "norm", asked, MAX_HITS, narrowed));
  const writings = has("code", "filter") ? codeWritings(text) : undefined;
  if (writings)
    for (const field of ["code", "cui"]) list.push(store.find(strings, field, writings, MAX_HITS));
  return list;
}

/** The text itself before its code, its writing, and the rest; what all sources have given up is last. */
function placeOf(
  record: StringRecord,
  atoms: readonly KeptAtom[],
  text: string,
  norm: string,
  byCode: (atom: KeptAtom) => boolean,
): number {
  if (atoms.every((atom) => atom.suppress !== "N")) return 4;
  if (record.text === text) return 0;
  if (normalizeText(record.text) === norm) return 1;
  return atoms.some(byCode) ? 2 : 3;
}

function compare(a: LexicalHit, b: LexicalHit): number {
  return a.record.text < b.record.text ? -1 : 1;
}
