export type SearchPart = "encode" | "store" | "merge";

/** What a server tells of itself. No text of a user is ever a label. */
export interface Metrics {
  /** A request that was answered, or given up. `route` is a path template. */
  request(labels: { route: string; method: string; status: number }, seconds: number): void;
  /** A search that was done: how many queries it held, and how long it took. */
  search(queries: number, seconds: number): void;
  /** A part of a search: what the encoders took, the store, the ranking. */
  part(part: SearchPart, queries: number, seconds: number): void;
  /** How long a search waited for its turn. */
  waited(seconds: number): void;
  /** Whether what was asked for was still known. */
  cache(cache: "suggestions", hit: boolean): void;
  /** Share of the true ten nearest strings that an encoder's index finds, by a look from time to time. */
  recall(dataset: string, encoder: string, share: number): void;
  /** A request that was refused before any work: `overloaded`, `deadline`, … */
  refused(code: string): void;
  readonly contentType: string;
  exposition(): Promise<string>;
}

/** What the gauges read when they are asked. */
export interface LoadReading {
  running: number;
  waiting: number;
}
