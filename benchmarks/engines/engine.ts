/** Vectors of unit length, row after row. */
interface Rows {
  vectors: Float32Array;
  dimension: number;
  count: number;
}

/** An index over rows that is open. */
interface OpenIndex {
  /** Whether the engine has compared its candidates exactly itself. */
  compared?: true;
  /** Row numbers near the query, in no order: what is compared exactly afterwards. */
  candidates(query: Float32Array): Promise<ArrayLike<number>>;
  close(): void | Promise<void>;
}

/** What stands for election: makes an index of rows in a folder, and opens it again. */
export interface Engine {
  build(rows: Rows, folder: string): Promise<void>;
  open(folder: string, rows: Pick<Rows, "dimension" | "count">): Promise<OpenIndex>;
}
