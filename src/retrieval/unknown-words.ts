import type { VectorStore } from "../vector-store/vector-store.ts";
import { storeOptions } from "./store-options.ts";

/**
 * Words (normalized) that stand in no string of the release: unfinished ones, or misspelt. A word that the release knows
 * is what somebody meant: with letters changed it would be another thing ("hypertonia", "hypotonia").
 */
export async function unknownWords(
  store: VectorStore,
  stringsCollection: string,
  words: Iterable<string>,
  timeoutMs?: number,
): Promise<Set<string>> {
  const options = { any: true, ...storeOptions({ timeoutMs }) };
  const distinct = [...new Set(words)];
  const found = await Promise.all(
    distinct.map((word) => store.findByWords(stringsCollection, "norm", [word], 1, options)),
  );
  return new Set(distinct.filter((_, i) => found[i]!.length === 0));
}
