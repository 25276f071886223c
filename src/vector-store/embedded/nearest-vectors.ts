import { byCosine, cosine } from "../exact-cosine.ts";
import type { SearchHit } from "../vector-store.ts";
import { type Candidates, CodeScanner } from "./code-scanner.ts";
import type { FoundRows, IndexJob, VectorSource } from "./index-jobs.ts";
import { candidatesFor, scanPatience } from "./index-plan.ts";
import { VectorRows } from "./vector-rows.ts";

const READ_ROWS = 2048;
const COMPARED_AT_ONCE = 32;
/** Of the errors of estimates; with three, lists a hundred deep lose strings. */
const DEVIATIONS = 4;
/** Vectors of a small collection are kept: to read them anew for each query takes longer than to compare them. */
const KEPT_BYTES = 32 * 2 ** 20;

/** The nearest vectors of one collection, as one thread finds them. */
export class NearestVectors implements Disposable {
  readonly #source: VectorSource;
  readonly #rows: VectorRows;
  readonly #scanner: CodeScanner | undefined;
  #kept: Float32Array | undefined;

  constructor(source: VectorSource, thread: number) {
    this.#source = source;
    this.#rows = VectorRows.open(source.rows, source.dimension, source.seen);
    this.#scanner = source.codes && new CodeScanner(source.codes, thread);
  }

  search(job: Extract<IndexJob, { kind: "search" }>): FoundRows[] {
    const { queries, limit, scanned, rows, filter } = job;
    const { dimension } = this.#source;
    const vectors = Array.from({ length: queries.length / dimension }, (_, i) =>
      queries.subarray(i * dimension, (i + 1) * dimension),
    );
    if (rows) return vectors.map((query) => asFound(this.#compared(query, rows), limit));
    const scanner = this.#scanner;
    if (scanner === undefined || scanned === undefined) return this.#all(vectors, limit, filter);
    const options = {
      limit,
      wanted: candidatesFor(limit),
      scanned,
      patience: scanPatience(scanned),
    };
    return vectors.map((query) => this.#nearest(query, scanner.candidates(query, options, filter), limit));
  }

  [Symbol.dispose](): void {
    this.#rows[Symbol.dispose]();
  }

  /**
   * Compares candidates in the order of their estimates, until none that follows can be expected among the first `limit`: so far as
   * exact cosines have been above their estimates in this very list.
   */
  #nearest(query: Float32Array, { rows, estimates }: Candidates, limit: number): FoundRows {
    const hits: SearchHit[] = [];
    const errors = new ErrorSpread();
    for (let start = 0; start < rows.length; start += COMPARED_AT_ONCE) {
      if (start >= limit) {
        hits.sort(byCosine);
        if (estimates[start]! + errors.margin() < hits[limit - 1]!.cosine) break;
      }
      const part = this.#compared(query, rows.subarray(start, start + COMPARED_AT_ONCE));
      for (const [i, hit] of part.entries()) {
        errors.add(hit.cosine - estimates[start + i]!);
        hits.push(hit);
      }
    }
    return asFound(hits, limit);
  }

  #compared(query: Float32Array, rows: Uint32Array): SearchHit[] {
    const stored = this.#rows.read(rows);
    return Array.from(rows, (ordinal, i) => ({ ordinal, cosine: stored.cosineAt(i, query) }));
  }

  /** Compares with every vector: all queries with what has been read. */
  #all(queries: readonly Float32Array[], limit: number, filter: Uint8Array | undefined): FoundRows[] {
    const { dimension, count } = this.#source;
    const best = queries.map((): SearchHit[] => []);
    for (const { vectors, from, to } of this.#ranges()) {
      for (const [q, query] of queries.entries()) {
        const hits = best[q]!;
        const least = hits.length < limit ? Number.NEGATIVE_INFINITY : hits.at(-1)!.cosine;
        const more: SearchHit[] = [];
        for (let row = from; row < to; row++) {
          if (filter && !((filter[row >> 3]! >> (row & 7)) & 1)) continue;
          const near = cosine(query, vectors, (row - from) * dimension);
          if (near > least) more.push({ ordinal: row, cosine: near });
        }
        if (more.length > 0) best[q] = hits.concat(more).sort(byCosine).slice(0, limit);
      }
      if (to === count) break;
    }
    return best.map((hits) => asFound(hits, limit));
  }

  *#ranges(): Generator<{ vectors: Float32Array; from: number; to: number }> {
    const { dimension, count } = this.#source;
    if (4 * dimension * count <= KEPT_BYTES) {
      this.#kept ??= this.#rows.readRange(0, count).vectors(count);
      yield { vectors: this.#kept, from: 0, to: count };
      return;
    }
    for (let from = 0; from < count; from += READ_ROWS) {
      const to = Math.min(count, from + READ_ROWS);
      yield { vectors: this.#rows.readRange(from, to).vectors(to - from), from, to };
    }
  }
}

/** How far exact cosines are from their estimates. */
class ErrorSpread {
  #count = 0;
  #sum = 0;
  #squares = 0;

  add(error: number): void {
    this.#count++;
    this.#sum += error;
    this.#squares += error * error;
  }

  /** What an exact cosine is above its estimate at most, but for few. */
  margin(): number {
    const mean = this.#sum / this.#count;
    return mean + DEVIATIONS * Math.sqrt(Math.max(0, this.#squares / this.#count - mean * mean));
  }
}

function asFound(hits: SearchHit[], limit: number): FoundRows {
  hits.sort(byCosine);
  const best = hits.slice(0, limit);
  return {
    rows: Uint32Array.from(best, (h) => h.ordinal),
    cosines: Float64Array.from(best, (h) => h.cosine),
  };
}
