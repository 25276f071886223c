import type { StringRecord } from "../terminology/concept.ts";
import { normalizeText } from "../text/normalize.ts";
import { stringId } from "../text/string-id.ts";
import type { RecordRef, StoredRecord, VectorStore } from "../vector-store/vector-store.ts";

/** A string of the release that a text names without an encoder: as written, but for its writing, or by a code. */
export interface NamedString {
  ref: RecordRef;
  record: StringRecord;
  tier: "exact" | "normalized";
  /** The concepts that are named: all of the string's, or those whose code or CUI was typed. */
  cuis: readonly string[];
}

// One lookup of the store holds so many texts, and so many strings may be the same but for their writing.
const TEXTS_PER_LOOKUP = 200;
const MAX_SAME = 200;

/** For each text the strings of the release that it names. Codes and CUIs count where `codes` says so. */
export async function namedStrings(
  store: VectorStore,
  stringsCollection: string,
  texts: readonly string[],
  { codes }: { codes: boolean },
): Promise<NamedString[][]> {
  const [names, coded] = await Promise.all([
    byName(store, stringsCollection, texts),
    codes ? byCode(store, stringsCollection, texts) : texts.map(() => []),
  ]);
  return texts.map((_, i) => [...names[i]!, ...coded[i]!]);
}

async function byName(
  store: VectorStore,
  collection: string,
  texts: readonly string[],
): Promise<NamedString[][]> {
  const normalized = texts.map(normalizeText);
  const distinct = [...new Set(normalized)].filter((norm) => norm !== "");
  const found = new Map<string, StoredString[]>();
  for (let start = 0; start < distinct.length; start += TEXTS_PER_LOOKUP) {
    const part = distinct.slice(start, start + TEXTS_PER_LOOKUP);
    for (const stored of await store.find(collection, "norm", part, part.length * MAX_SAME)) {
      const string = storedString(stored);
      const norm = normalizeText(string.record.text);
      const same = found.get(norm);
      if (!same) found.set(norm, [string]);
      else if (same.length < MAX_SAME) same.push(string);
    }
  }
  return texts.map((text, i) => {
    const id = stringId(text);
    return (found.get(normalized[i]!) ?? []).map(({ ref, record }) => {
      const cuis = record.concepts.map((concept) => concept.cui);
      return { ref, record, cuis, tier: ref.id === id ? ("exact" as const) : ("normalized" as const) };
    });
  });
}

async function byCode(
  store: VectorStore,
  collection: string,
  texts: readonly string[],
): Promise<NamedString[][]> {
  return Promise.all(
    texts.map(async (text) => {
      const writings = codeWritings(text);
      if (!writings) return [];
      const [coded, ofConcept] = await Promise.all([
        store.find(collection, "code", writings, MAX_SAME),
        store.find(collection, "cui", writings, MAX_SAME),
      ]);
      return [...coded, ...ofConcept].map((stored) => {
        const { ref, record } = storedString(stored);
        const atoms = record.atoms.filter(
          (atom) => writings.includes(atom.code) || writings.includes(atom.cui),
        );
        return { ref, record, tier: "exact" as const, cuis: [...new Set(atoms.map((atom) => atom.cui))] };
      });
    }),
  );
}

interface StoredString {
  ref: RecordRef;
  record: StringRecord;
}

function storedString({ id, ordinal, body }: StoredRecord): StoredString {
  return { ref: { id, ordinal }, record: JSON.parse(body) as StringRecord };
}

/** Writings of a text that may be a code or a CUI: one word with a digit in it, as typed and in capitals. */
function codeWritings(text: string): string[] | undefined {
  if (!/^[\p{L}\p{N}.:_/+-]{2,40}$/u.test(text) || !/\d/.test(text)) return undefined;
  return [...new Set([text, text.toUpperCase()])];
}
