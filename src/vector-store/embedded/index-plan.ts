/**
 * So many codes a search looks at: with fewer, lists a hundred deep lose strings (decision 12), and a ranking over both encoders hangs on
 * what is far in one list and near in the other.
 */
const CODES_SCANNED = 300_000;
/** Of more vectors than these are enough for, so large a part. */
const MIN_SHARE = 1 / 12;
/**
 * Of the codes looked at: so many in a row without a find end a scan. At 0.3 a scan took a third less, but of 128 pages over 923,900
 * strings 97.7 % were those of exact search (`benchmarks/store-agreement.ts`, with three DEVIATIONS), so now no scan ends early.
 */
const PATIENCE = 1;
/** Below this many vectors, comparing with all of them is as fast as an index and misses nothing. */
const FLAT_LIMIT = 10_000;
const MIN_PARTITIONS = 16;
const MAX_PARTITIONS = 4096;

export interface IndexPlan {
  partitions: number;
}

/** How an index over so many vectors is made; undefined where none is worth it. */
export function indexPlan(count: number): IndexPlan | undefined {
  if (count < FLAT_LIMIT) return undefined;
  const partitions = 2 ** Math.round(Math.log2(Math.sqrt(count)));
  return { partitions: Math.max(MIN_PARTITIONS, Math.min(MAX_PARTITIONS, partitions)) };
}

/** Codes that a search looks at. */
export function codesScanned(count: number): number {
  return Math.max(CODES_SCANNED, Math.ceil(count * MIN_SHARE));
}

/** Candidates taken from the codes for exact reranking. */
export function candidatesFor(limit: number): number {
  return Math.max(300, limit * 4);
}

/** Codes in a row without a find among the first, after which none is expected any more. */
export function scanPatience(scanned: number): number {
  return Math.ceil(scanned * PATIENCE);
}
