import { normalizeText } from "../text/normalize.ts";
import type { Filter, VectorStore } from "../vector-store/vector-store.ts";
import { storeOptions } from "./store-options.ts";
import { type StoredString, storedString } from "./stored-string.ts";

// Who has typed more than this does not wait for completions.
const MAX_TYPED = 100;

export interface BegunOptions {
  limit: number;
  filter?: Filter | undefined;
  timeoutMs?: number | undefined;
}

/**
 * Strings that begin as the text does, but for case, accents and punctuation, and go on; the best known first. The order
 * depends on the strings alone, so while somebody types none that stays changes its place.
 */
export async function begunStrings(
  store: VectorStore,
  stringsCollection: string,
  text: string,
  { limit, filter, timeoutMs }: BegunOptions,
): Promise<StoredString[]> {
  const typed = normalizeText(text);
  if (typed === "" || typed.length > MAX_TYPED) return [];
  const options = { by: "prominence", ...storeOptions({ filter, timeoutMs }) };
  const found = await store.findByPrefix(stringsCollection, "norm", typed, limit, options);
  return found.map(storedString);
}
