import type { KeptAtom } from "../../terminology/concept.ts";
import { codeForms, codeWritings } from "../../text/code-forms.ts";
import { normalizeText } from "../../text/normalize.ts";
import { stringId } from "../../text/string-id.ts";
import { wordKeys } from "../../text/word-keys.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { cuisOf, type StoredString, storedString } from "./stored-string.ts";

/**
 * What a text has in common with a string that it names: it is the string, its code or its CUI; it is the string but for
 * case, accents and punctuation (`writing`), or but for the order of words, function words and plurals (`words`).
 */
export type NamedBy = "string" | "code" | "cui" | "writing" | "words";

/** A string of the release that a text names without an encoder. */
export interface NamedString extends StoredString {
  tier: "exact" | "normalized";
  by: NamedBy;
  /** The concepts that are named: all of the string's, or those whose code or CUI was typed. */
  cuis: readonly string[];
}

export interface NamingOptions {
  /** Whether a text may be a code or a CUI. */
  codes: boolean;
  /** Whether the order of words, function words and plurals may differ. */
  keys?: boolean;
}

// One lookup of the store holds so many texts, and so many strings may be the same but for their writing.
const TEXTS_PER_LOOKUP = 200;
const MAX_SAME = 200;

/** For each text the strings of the release that it names, each once: by its writing before by its words. */
export async function namedStrings(
  store: VectorStore,
  stringsCollection: string,
  texts: readonly string[],
  { codes, keys = false }: NamingOptions,
): Promise<NamedString[][]> {
  const [names, coded, keyed] = await Promise.all([
    byName(store, stringsCollection, texts),
    codes ? byCode(store, stringsCollection, texts) : texts.map(() => []),
    keys ? byKeys(store, stringsCollection, texts) : texts.map(() => []),
  ]);
  return texts.map((_, i) => {
    const known = new Set(names[i]!.map(({ ref }) => ref.id));
    return [...names[i]!, ...coded[i]!, ...keyed[i]!.filter(({ ref }) => !known.has(ref.id))];
  });
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
    return (found.get(normalized[i]!) ?? []).map((string) => {
      const same = string.ref.id === id;
      const named = { ...string, cuis: cuisOf(string) };
      return same
        ? { ...named, tier: "exact" as const, by: "string" as const }
        : { ...named, tier: "normalized" as const, by: "writing" as const };
    });
  });
}

async function byKeys(
  store: VectorStore,
  collection: string,
  texts: readonly string[],
): Promise<NamedString[][]> {
  return Promise.all(
    texts.map(async (text) => {
      const found = await store.find(collection, "keys", wordKeys(text), MAX_SAME);
      return found.map(storedString).map((string) => {
        return { ...string, tier: "normalized" as const, by: "words" as const, cuis: cuisOf(string) };
      });
    }),
  );
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
      const named = (by: "code" | "cui") => (string: StoredString) => {
        const forms = (atom: KeptAtom): string[] => (by === "cui" ? [atom.cui] : codeForms(atom.code));
        const atoms = string.record.atoms.filter((atom) => forms(atom).some((f) => writings.includes(f)));
        return { ...string, tier: "exact" as const, by, cuis: [...new Set(atoms.map((atom) => atom.cui))] };
      };
      return [
        ...coded.map(storedString).map(named("code")),
        ...ofConcept.map(storedString).map(named("cui")),
      ];
    }),
  );
}
