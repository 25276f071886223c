import type { StringRecord } from "../../terminology/concept.ts";
import { nameVariants } from "../../text/meaning/name-variants.ts";
import { isSameName } from "../../text/meaning/same-name.ts";
import { normalizeText } from "../../text/normalize.ts";
import { stringId } from "../../text/string-id.ts";
import { wordKeys } from "../../text/word-keys.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { stringsOfCode } from "./code-matches.ts";
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

/** Whether a text is a string of the release but for its writing, in one of the languages that the string stands in. */
export function isNameOf(text: string, { text: name, atoms }: StringRecord): boolean {
  return isSameName(
    text,
    name,
    atoms.map(({ lat }) => lat),
  );
}

async function byName(
  store: VectorStore,
  collection: string,
  texts: readonly string[],
): Promise<NamedString[][]> {
  const normalized = texts.map((text) => [...new Set([text, ...nameVariants(text)].map(normalizeText))]);
  const distinct = [...new Set(normalized.flat())].filter((norm) => norm !== "");
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
    return normalized[i]!.flatMap((norm) => found.get(norm) ?? []).flatMap((string): NamedString[] => {
      const named = { ...string, cuis: cuisOf(string) };
      if (string.ref.id === id) return [{ ...named, tier: "exact", by: "string" }];
      // What the store calls the same may have another sign, number or negation.
      return isNameOf(text, string.record) ? [{ ...named, tier: "normalized", by: "writing" }] : [];
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
      const keys = [...new Set([text, ...nameVariants(text)].flatMap((variant) => wordKeys(variant)))];
      const found = await store.find(collection, "keys", keys, MAX_SAME);
      return found
        .map(storedString)
        .flatMap((string): NamedString[] =>
          isNameOf(text, string.record)
            ? [{ ...string, tier: "normalized", by: "words", cuis: cuisOf(string) }]
            : [],
        );
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
      const found = await stringsOfCode(store, collection, text);
      return found.map(({ ref, record, by, asTyped, cuis }): NamedString => {
        return { ref, record, cuis, by, tier: asTyped ? "exact" : "normalized" };
      });
    }),
  );
}
