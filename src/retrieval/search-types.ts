import type { SemanticType } from "../terminology/atom.ts";
import type { SearchFilter } from "./search-filter.ts";

export const MATCH_TYPES = ["exact", "normalized", "prefix", "lexical", "semantic"] as const;
export type MatchType = (typeof MATCH_TYPES)[number];

/** What a text has in common with a string that was found without an encoder. */
export const MATCHED_BY = ["string", "code", "cui", "writing", "words", "beginning", "typos"] as const;

export interface SearchRequest {
  queries: readonly string[];
  /** Absent where the store holds one dataset alone. */
  dataset?: string;
  /** Results per query, at most `MAX_K`. */
  k: number;
  /** Results to leave out before the first; `offset` and `k` together are at most `MAX_K`. */
  offset?: number;
  filter?: SearchFilter;
  /** Ids of the encoders to ask; absent: all that the release has. */
  encoders?: readonly string[];
  explain?: boolean;
  /** Compares with every vector: slow, and the measure of the index. */
  exact?: boolean;
}

export interface EncoderScore {
  cosine: number;
  /** Place of the concept in this encoder's own list, from 1. */
  rank: number;
  rating: number;
}

/** One concept. `string`, `aui` … name the atom that matched best. */
export interface SearchResult {
  rank: number;
  cui: string;
  name: string;
  string: string;
  aui: string;
  sab: string;
  tty: string;
  lat: string;
  code: string;
  matchType: MatchType;
  /** Present where the sources have given the string up. */
  obsolete?: true;
  rating: number;
  /** Whether all encoders asked give the concept this rating. */
  agreement: boolean;
  scores: Record<string, EncoderScore>;
  semanticTypes: SemanticType[];
  /** With `explain`: for each encoder the string of the concept that it found nearest, and the grade before rounding. */
  explanation?: { encoder: string; string: string; cosine: number; grade: number; candidate: boolean }[];
  /** With `explain`: how the concept was found without an encoder, if it was; `string` is what was found so. */
  matches?: { by: (typeof MATCHED_BY)[number]; matchType: MatchType; string: string }[];
}

export interface SearchResponse {
  query: string;
  dataset: string;
  release: string;
  tookMs: number;
  results: SearchResult[];
  /** Present where more results follow: another page can be asked for with `offset`. */
  more?: true;
}

export const MAX_K = 200;
export const MAX_QUERY_CHARACTERS = 1000;
export const MAX_QUERIES = 1000;
