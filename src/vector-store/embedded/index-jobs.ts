import type { LoadedCodes } from "./partitioned-codes.ts";

/** Vectors of a collection as a thread needs them: the file of its rows, and the codes, if it has any. */
export interface VectorSource {
  /** The file of rows, without its ending. */
  rows: string;
  dimension: number;
  count: number;
  /** Which blocks of the rows were found right: see `VectorRows.seenRows`. */
  seen: Uint8Array;
  codes?: LoadedCodes;
}

/** What threads are asked to do. `source` names what `open` has made known to them. */
export type IndexJob =
  | {
      kind: "search";
      source: number;
      /** Rows of `dimension` float32. */
      queries: Float32Array;
      limit: number;
      /** Codes that are looked at; absent: the query is compared with every vector, or with those of `rows`. */
      scanned?: number;
      rows?: Uint32Array;
      filter?: Uint8Array;
    }
  | { kind: "cluster"; rows: string; dimension: number; count: number; partitions: number }
  | { kind: "encode"; rows: string; dimension: number; from: number; to: number; centres: Float32Array };

export interface FoundRows {
  rows: Uint32Array;
  cosines: Float64Array;
}

export interface EncodedRows {
  partitions: Uint16Array;
  /** `codeBytes(dimension)` of each row. */
  bits: Uint8Array;
  /** `added` and `factor` of each row. */
  numbers: Float32Array;
}

export interface JobResults {
  search: FoundRows[];
  cluster: Float32Array;
  encode: EncodedRows;
}

export type IndexMessage =
  | { kind: "open"; source: number; vectors: VectorSource }
  | { kind: "close"; source: number }
  | { kind: "job"; job: IndexJob };

export type IndexReply = { result: JobResults[IndexJob["kind"]] } | { error: string; code?: string };
