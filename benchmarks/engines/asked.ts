import { VectorRows } from "../../src/vector-store/embedded/vector-rows.ts";

/** What every engine is asked: the first `count` rows of a file, and queries with the numbers of their nearest hundred. */
export interface Asked {
  /** The file of vectors, without its ending. */
  path: string;
  dimension: number;
  count: number;
  queries: number[][];
  truth: number[][];
}

const READ_ROWS = 10_000;

export function readRows(path: string, dimension: number, count: number): Float32Array {
  using rows = VectorRows.open(path, dimension);
  const vectors = new Float32Array(count * dimension);
  for (let from = 0; from < count; from += READ_ROWS) {
    const to = Math.min(count, from + READ_ROWS);
    vectors.set(rows.readRange(from, to).vectors(to - from), from * dimension);
  }
  return vectors;
}
