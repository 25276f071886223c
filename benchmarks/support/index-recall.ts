import type { EncoderLeg } from "../../src/retrieval/searcher.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";

/** Per encoder: the share of the true ten nearest strings that the store's index finds. */
export async function indexRecall(
  store: VectorStore,
  legs: readonly EncoderLeg[],
  texts: readonly string[],
): Promise<Record<string, number>> {
  const recall: Record<string, number> = {};
  for (const { encoder, collection } of legs) {
    const { vectors } = await encoder.encode(texts, "query");
    const found = await store.search(collection, vectors, { limit: 10 });
    let hits = 0;
    const { id, dimension } = encoder.folder.manifest;
    for (const [i, list] of found.entries()) {
      const query = vectors.slice(i * dimension, (i + 1) * dimension);
      const [truth] = await store.search(collection, query, { limit: 10, exact: true });
      // Neighbours as near as the tenth true one are as good.
      const tenth = truth!.at(-1)!.cosine - 1e-6;
      hits += Math.min(10, list.filter((hit) => hit.cosine >= tenth).length);
    }
    recall[id] = hits / (10 * texts.length);
  }
  return recall;
}
