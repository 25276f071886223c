import type { Encoder } from "../../src/encoder/encoder-pool.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import type { Sample } from "../work/sample.ts";

const EXACT_QUERIES = 8;
const SELF_COSINE = 0.999;
const MIN_RECALL = 0.9;

/** Errors: `internal` when a collection holds more or less than was written, in all or of one source. */
export async function verifyCount(
  store: VectorStore,
  collection: string,
  wanted: number,
  bySab: Readonly<Record<string, number>> = {},
): Promise<void> {
  const count = await store.count(collection);
  if (count !== wanted) throw wrong(collection, `it holds ${count} records and not ${wanted}`);
  for (const [sab, strings] of Object.entries(bySab)) {
    const found = await store.count(collection, { sab: [sab] });
    if (found !== strings) throw wrong(collection, `it holds ${found} strings of ${sab} and not ${strings}`);
  }
}

export interface VerifiedCollection {
  /** Share of the true ten nearest that the index found, on a sample of strings. */
  recallAt10: number;
}

/**
 * Verifies one encoder's collection before anything is switched: that sampled strings have, in the place of their
 * documents, the vector that the encoder gives them now, and the index against exact search.
 * Errors: `internal` naming the collection and what differs; the active release stays as it was.
 */
export async function verifyCollection(
  store: VectorStore,
  { documents, vectors: collection }: { documents: string; vectors: string },
  encoder: Encoder,
  sample: Sample,
): Promise<VerifiedCollection> {
  const records = await store.find(documents, "id", sample.ids, sample.ids.length);
  const refs = new Map(records.map((record) => [record.id, record]));
  const { dimension } = encoder.folder.manifest;
  const { vectors } = await encoder.encode(sample.texts, "string");
  const row = (i: number): Float32Array => vectors.slice(i * dimension, (i + 1) * dimension);
  for (const [i, id] of sample.ids.entries()) {
    const ref = refs.get(id);
    if (!ref) throw wrong(documents, `string ${id} is not in it`);
    const [cosine] = await store.score(collection, row(i), [ref]);
    if (cosine === undefined) throw wrong(collection, `string ${id} is not where ${documents} has it`);
    // Written so that a NaN fails as well.
    if (!(Math.abs(cosine - 1) < 1 - SELF_COSINE))
      throw wrong(collection, `string ${id} has another vector than the encoder gives it (cosine ${cosine})`);
  }
  return verifyIndex(store, collection, vectors.slice(0, EXACT_QUERIES * dimension));
}

/** Compares the index with exact search, for each query. Errors: `internal` when it misses too much. */
export async function verifyIndex(
  store: VectorStore,
  collection: string,
  queries: Float32Array,
): Promise<VerifiedCollection> {
  const found = await store.search(collection, queries, { limit: 10 });
  const exact = await store.search(collection, queries, { limit: 10, exact: true });
  let [hits, total] = [0, 0];
  for (const [i, list] of found.entries()) {
    const truth = exact[i]!;
    // Neighbours as near as the tenth true one are as good: names that differ in case have one vector.
    const tenth = (truth.at(-1)?.cosine ?? 0) - 1e-6;
    hits += list.filter((hit) => hit.cosine >= tenth).length;
    total += truth.length;
  }
  const recallAt10 = total === 0 ? 1 : hits / total;
  if (recallAt10 < MIN_RECALL)
    throw wrong(collection, `its index finds ${(100 * recallAt10).toFixed(1)} % of the nearest strings`);
  return { recallAt10 };
}

function wrong(collection: string, reason: string): TermduetError {
  return new TermduetError(
    "internal",
    `verification of ${collection} failed: ${reason}; the active release was not changed; ingest with --restart`,
  );
}
