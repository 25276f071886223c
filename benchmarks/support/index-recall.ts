import type { EncoderRetriever } from "../../src/retrieval/searcher.ts";
import type { Filter, VectorStore } from "../../src/vector-store/vector-store.ts";

/** Per encoder: the share of the true ten nearest strings, of those that pass the filter, that the store's index finds. */
export async function indexRecall(
  store: VectorStore,
  retrievers: readonly EncoderRetriever[],
  texts: readonly string[],
  filter: Filter = {},
): Promise<Record<string, number>> {
  const recall: Record<string, number> = {};
  for (const { encoder, collection } of retrievers) {
    const { vectors } = await encoder.encode(texts, "query");
    const found = await store.search(collection, vectors, { limit: 10, filter });
    let [hits, wanted] = [0, 0];
    const { id, dimension } = encoder.folder.manifest;
    for (const [i, list] of found.entries()) {
      const query = vectors.slice(i * dimension, (i + 1) * dimension);
      const [truth] = await store.search(collection, query, { limit: 10, filter, exact: true });
      // Neighbours as near as the tenth true one are as good.
      const last = (truth!.at(-1)?.cosine ?? 2) - 1e-6;
      hits += Math.min(truth!.length, list.filter((hit) => hit.cosine >= last).length);
      wanted += truth!.length;
    }
    recall[id] = hits / wanted;
  }
  return recall;
}
