import {
  MAX_CONTEXT_CHARACTERS,
  MAX_K,
  MAX_QUERY_CHARACTERS,
} from "../src/retrieval/request/search-types.ts";

/** What one request may ask for. Whatever is beyond is refused with 400 or 413, never cut silently. */
export const LIMITS = {
  /** UTF-16 units of one query. */
  queryCharacters: MAX_QUERY_CHARACTERS,
  /** UTF-16 units of the text in which a query stands. */
  contextCharacters: MAX_CONTEXT_CHARACTERS,
  /** Results per query. */
  k: MAX_K,
  /** Queries of one `POST /api/v1/search`. */
  batchQueries: 256,
  /** Bytes of a request's body, after decompression. */
  bodyBytes: 1_000_000,
  /** Values of one list, e.g. `sab`. */
  listEntries: 50,
  /** Characters of one value of a list. */
  entryCharacters: 100,
  suggestions: 50,
  /** Entries of one page of a review, and ratings of one request. */
  reviewEntries: 50,
  reviewRatings: 100,
  /** Queries of one stream, and characters of one of its lines, of CSV bytes of one of its rows. */
  streamQueries: 100_000,
  lineCharacters: 65_536,
  /** Codes of one expansion, and how many may be left out before it. */
  fhirCount: 1_000,
  fhirOffset: 10_000,
  /** Parameters of one operation; parts of a value set, and codes that it lists in all of them. */
  fhirParameters: 100,
  fhirIncludes: 20,
  fhirCodes: 1_000,
  /** Results on one page of the UTS door. */
  utsPageSize: 200,
  /** Characters of a concept's identifier. */
  cuiCharacters: 200,
} as const;

/** How many searches run and wait, and for how long. */
export interface LoadLimits {
  /** Searches that run at once; of a batch one part at a time. */
  concurrent: number;
  /** Searches that may wait for their turn; the next one is refused with 503. */
  waiting: number;
  /** Longest wait before a search is refused with 503. */
  maxWaitMs: number;
  /** So many are not refused for having waited: what holds them up will pass, and then they are answered within the second. */
  few: number;
  /** Longest answer to a request, and to one of many queries. */
  deadlineMs: number;
  batchDeadlineMs: number;
  /** Batches that may be under way. */
  batches: number;
  /** Longest time that a stream of queries may take, and how many may be open. */
  streamDeadlineMs: number;
  streams: number;
  /** Of batches and streams, one caller's. */
  batchesPerCaller: number;
  streamsPerCaller: number;
  /** Longest wait for the next lines of a stream, and for a client to take what it was sent. */
  idleMs: number;
}

export const DEFAULT_LOAD: LoadLimits = {
  concurrent: 4,
  waiting: 256,
  maxWaitMs: 1_000,
  few: 64,
  deadlineMs: 10_000,
  batchDeadlineMs: 120_000,
  batches: 16,
  streamDeadlineMs: 3_600_000,
  streams: 8,
  batchesPerCaller: 8,
  streamsPerCaller: 4,
  idleMs: 30_000,
};
