import { Index } from "@lancedb/lancedb";

/**
 * So many codes a search looks at: with fewer, lists a hundred deep lost 2 % of their strings (`benchmarks/store-agreement.ts`), and a
 * ranking over both encoders hangs on what is far in one list and near in the other. A scan of codes is the cheap part.
 */
const CODES_SCANNED = 300_000;
/** Of more vectors than these are enough for, so large a part of the partitions. */
const MIN_SHARE = 1 / 12;
/** Below this many vectors, comparing with all of them is faster than an index and misses nothing. */
const FLAT_LIMIT = 10_000;

export interface IndexPlan {
  partitions: number;
  /** Partitions looked into for a query. */
  probes: number;
  /** Candidates taken from the quantized index for exact reranking. */
  candidates: (limit: number) => number;
}

/** IVF with 1-bit RaBitQ codes: the fastest to build and small; the exact rerank makes up for its coarseness. */
export function indexPlan(count: number): IndexPlan | undefined {
  if (count < FLAT_LIMIT) return undefined;
  const partitions = Math.max(16, Math.min(4096, 2 ** Math.round(Math.log2(Math.sqrt(count)))));
  const share = Math.min(1, Math.max(MIN_SHARE, CODES_SCANNED / count));
  const probes = Math.ceil(partitions * share);
  return { partitions, probes, candidates: (limit) => Math.max(300, limit * 4) };
}

export function vectorIndex({ partitions }: IndexPlan): Index {
  return Index.ivfRq({
    numPartitions: partitions,
    distanceType: "cosine",
    sampleRate: 64,
    maxIterations: 20,
  });
}
