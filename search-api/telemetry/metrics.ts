/** What a server tells of itself. No text of a user is ever a label. */
export interface Metrics {
  /** A request that was answered, or given up. `route` is a path template. */
  request(labels: { route: string; method: string; status: number }, seconds: number): void;
  /** A search that was done: how many queries it held, and how long it took. */
  search(queries: number, seconds: number): void;
  /** The part of a search that the encoders took. */
  encoded(queries: number, seconds: number): void;
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
