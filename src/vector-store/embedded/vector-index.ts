import type { SearchHit } from "../vector-store.ts";
import type { FoundRows } from "./index-jobs.ts";
import { codesScanned, indexPlan } from "./index-plan.ts";
import { indexThreads } from "./index-threads.ts";
import { makeCodes } from "./make-codes.ts";
import { loadCodes } from "./partitioned-codes.ts";
import { VectorRows } from "./vector-rows.ts";

/** Queries that one thread takes at a time, so that many are shared among all. */
const QUERIES_PER_JOB = 16;
/** With fewer rows than these, all are read: no code is needed to choose among them. */
const FEW_ROWS = 800;
/** A filter that lets less than this part pass has its nearest further away: more codes are looked at. */
const USUAL_SHARE = 0.5;

export interface VectorFiles {
  /** The file of vectors, without its ending. */
  rows: string;
  /** The file of codes, which is there where there are vectors enough. */
  codes: string;
  dimension: number;
  count: number;
}

/** Vectors of a collection, as the calling thread asks for the nearest of them. */
export class VectorIndex implements Disposable {
  readonly #files: VectorFiles;
  readonly #source: number;
  readonly #indexed: boolean;

  constructor(files: VectorFiles) {
    const { rows, dimension, count } = files;
    this.#files = files;
    this.#indexed = indexPlan(count) !== undefined;
    const codes = this.#indexed ? loadCodes(files.codes, indexThreads.count) : undefined;
    this.#source = indexThreads.open({
      rows,
      dimension,
      count,
      seen: VectorRows.seenRows(dimension, count),
      ...(codes ? { codes } : {}),
    });
  }

  /** Makes the codes of all rows, where there are enough of them. */
  static async make(files: VectorFiles, onProgress: (done: number, total: number) => void): Promise<void> {
    const { rows, codes, dimension, count } = files;
    const plan = indexPlan(count);
    if (plan)
      await makeCodes({ rows, dimension, count, ...plan, file: codes, threads: indexThreads, onProgress });
  }

  async search(
    queries: readonly Float32Array[],
    options: {
      limit: number;
      exact: boolean;
      filter?: Uint8Array | undefined;
      timeoutMs?: number | undefined;
    },
  ): Promise<SearchHit[][]> {
    const how = this.#how(options);
    const jobs: Promise<FoundRows[]>[] = [];
    const size = how.scanned === undefined && !how.rows ? queries.length : QUERIES_PER_JOB;
    for (let start = 0; start < queries.length; start += size) {
      const part = queries.slice(start, start + size);
      const rows = new Float32Array(part.length * this.#files.dimension);
      for (const [i, query] of part.entries()) rows.set(query, i * this.#files.dimension);
      jobs.push(
        indexThreads.run({ kind: "search", source: this.#source, queries: rows, ...how }, options.timeoutMs),
      );
    }
    return (await Promise.all(jobs))
      .flat()
      .map(({ rows, cosines }) => Array.from(rows, (ordinal, i) => ({ ordinal, cosine: cosines[i]! })));
  }

  [Symbol.dispose](): void {
    indexThreads.close(this.#source);
  }

  #how({ limit, exact, filter }: { limit: number; exact: boolean; filter?: Uint8Array | undefined }): {
    limit: number;
    scanned?: number;
    rows?: Uint32Array;
    filter?: Uint8Array;
  } {
    const { count } = this.#files;
    if (filter) {
      const passing = bitCount(filter);
      if (passing <= Math.max(FEW_ROWS, limit)) return { limit, rows: rowsOf(filter, passing) };
      if (exact || !this.#indexed) return { limit, filter };
      const share = passing / count / USUAL_SHARE;
      return { limit, filter, scanned: Math.ceil(codesScanned(count) / Math.min(1, share)) };
    }
    return exact || !this.#indexed ? { limit } : { limit, scanned: codesScanned(count) };
  }
}

const counts = new WeakMap<Uint8Array, number>();

/** Bits set in a filter, counted once. */
export function bitCount(bits: Uint8Array): number {
  const known = counts.get(bits);
  if (known !== undefined) return known;
  let count = 0;
  for (const byte of bits) for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  counts.set(bits, count);
  return count;
}

function rowsOf(bits: Uint8Array, count: number): Uint32Array {
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; found < count; row++) if ((bits[row >> 3]! >> (row & 7)) & 1) rows[found++] = row;
  return rows;
}
