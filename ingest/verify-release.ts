import type { Encoder } from "../src/encoder/encoder-pool.ts";
import { TermduetError } from "../src/terminology/termduet-error.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import type { StringBlock } from "./string-blocks.ts";

/** Strings whose vectors are looked at once more, for each encoder. */
export interface Sample {
  ids: string[];
  ordinals: number[];
  texts: string[];
}

const SAMPLE_PER_BLOCK = 8;
const MAX_SAMPLE = 256;
const EXACT_QUERIES = 8;
const SELF_COSINE = 0.999;
const MIN_RECALL = 0.9;

/** Takes some strings of a block, spread over it. */
export function addToSample(sample: Sample, block: StringBlock): void {
  const step = Math.max(1, Math.floor(block.ids.length / SAMPLE_PER_BLOCK));
  for (let i = 0; i < block.ids.length && sample.ids.length < MAX_SAMPLE; i += step) {
    sample.ids.push(block.ids[i]!);
    sample.ordinals.push(block.firstOrdinal + i);
    sample.texts.push(block.texts[i]!);
  }
}

export interface VerifiedCollection {
  /** Share of the true ten nearest that the index found, on a sample of strings. */
  recallAt10: number;
}

/**
 * Verifies one encoder's collection before anything is switched: the count, that sampled strings have the vector that
 * the encoder gives them now, and the index against exact search.
 * Errors: `internal` naming the collection and what differs; the active release stays as it was.
 */
export async function verifyCollection(
  store: VectorStore,
  collection: string,
  encoder: Encoder,
  strings: number,
  sample: Sample,
): Promise<VerifiedCollection> {
  const count = await store.count(collection);
  if (count !== strings) throw wrong(collection, `it holds ${count} vectors for ${strings} strings`);
  const { dimension } = encoder.folder.manifest;
  const { vectors } = await encoder.encode(sample.texts, "string");
  const row = (i: number): Float32Array => vectors.slice(i * dimension, (i + 1) * dimension);
  for (const [i, id] of sample.ids.entries()) {
    const [cosine] = await store.score(collection, row(i), [{ id, ordinal: sample.ordinals[i]! }]);
    if (cosine === undefined) throw wrong(collection, `string ${id} is not in row ${sample.ordinals[i]}`);
    // Written so that a NaN fails as well.
    if (!(Math.abs(cosine - 1) < 1 - SELF_COSINE))
      throw wrong(collection, `string ${id} has another vector than the encoder gives it (cosine ${cosine})`);
  }
  const queries = vectors.slice(0, Math.min(EXACT_QUERIES, sample.ids.length) * dimension);
  const found = await store.search(collection, queries, { limit: 10 });
  let [hits, total] = [0, 0];
  for (const [i, list] of found.entries()) {
    const [truth] = await store.search(collection, row(i), { limit: 10, exact: true });
    // Neighbours as near as the tenth true one are as good: names that differ in case have one vector.
    const tenth = truth!.at(-1)!.cosine - 1e-6;
    hits += list.filter((hit) => hit.cosine >= tenth).length;
    total += truth!.length;
  }
  const recallAt10 = hits / total;
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
