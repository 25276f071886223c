import type { SemanticType } from "../../terminology/atom.ts";
import type { MentionReading } from "../../text/mention-reading.ts";
import type { NameDifference } from "../rank/concept-differences.ts";
import type { FacetField, Facets } from "../rank/facets.ts";
import type { UnknownValues } from "./known-values.ts";
import type { SearchFilter } from "./search-filter.ts";

export const MATCH_TYPES = ["exact", "normalized", "prefix", "lexical", "semantic"] as const;
export type MatchType = (typeof MATCH_TYPES)[number];

/** What a text has in common with a string that was found without an encoder. */
export const MATCHED_BY = [
  "string",
  "code",
  "cui",
  "writing",
  "words",
  "beginning",
  "contains",
  "typos",
] as const;

export interface SearchRequest {
  queries: readonly string[];
  /** For each query the text in which it stands, if it stands in one: as private as the query. */
  contexts?: readonly (string | undefined)[];
  /** Absent where the store holds one dataset alone. */
  dataset?: string;
  /** Results per query, at most `MAX_K`. */
  k: number;
  /** Results to leave out before the first; the list that pages are cut from ends after `MAX_K`. */
  offset?: number;
  filter?: SearchFilter;
  /** Ids of the encoders to ask; absent: all that the release has. */
  encoders?: readonly string[];
  explain?: boolean;
  /** Compares with every vector: slow, and the measure of the index. */
  exact?: boolean;
  /** Fields whose values shall be counted over the whole list of results, which has at most `MAX_K`. */
  facets?: readonly FacetField[];
  /** Languages (LAT) in which concepts shall be named, the first that has a name; absent: no display name. */
  languages?: readonly string[];
}

/** What surrounds a search: who wants to know of its parts, and how long it may take. */
export interface SearchContext {
  /** All encoders have encoded all queries of the request, in so many milliseconds. */
  onEncoded?: (ms: number) => void;
  /** The store has been asked all that was to be asked. */
  onStored?: (ms: number) => void;
  /** What was found has been ranked. */
  onMerged?: (ms: number) => void;
  /** Nobody waits any longer: what has not begun is left undone. */
  signal?: AbortSignal;
  /** Milliseconds that are left for the store; it gives up after them. */
  remainingMs?: () => number;
}

/** A name and the language that it is in, where that is known. */
export interface DisplayName {
  text: string;
  lat?: string;
}

export interface EncoderScore {
  cosine: number;
  /** Place of the concept in this encoder's own list, from 1. */
  rank: number;
  rating: number;
}

/** Why an encoder rates a concept as it does. */
interface EncoderExplanation {
  encoder: string;
  /** The string of the concept that it found nearest, and its cosine. */
  string: string;
  cosine: number;
  /** The rating before it was rounded. */
  grade: number;
  /** Whether the encoder's own search found the string. */
  candidate: boolean;
  /** The nearest definition of the concept, where the encoder knows definitions and one is near. */
  definition?: { text: string; cosine: number };
  /** Where the encoder heeds how well a concept is known: the share of what the string lacks of a cosine of 1 that this adds, or takes. */
  standing?: number;
}

/** One concept. `string`, `aui` … name the atom that matched best. */
export interface SearchResult {
  rank: number;
  cui: string;
  name: string;
  /** With `languages`: the name to show. */
  display?: DisplayName;
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
  /** In what the query and the concept's nearest names differ; absent where nothing is found. The rating is then below 5. */
  differs?: NameDifference[];
  /** With `explain`, for each encoder. */
  explanation?: EncoderExplanation[];
  /** With `explain`: how the concept was found without an encoder, if it was; `string` is what was found so. */
  matches?: { by: (typeof MATCHED_BY)[number]; matchType: MatchType; string: string }[];
}

export interface SearchResponse {
  query: string;
  /** With `explain`, where the query's context changed how it was read: what was searched for, and the abbreviations in it. */
  reading?: MentionReading;
  dataset: string;
  release: string;
  tookMs: number;
  /** False where nothing in the release is near: what is shown is what is least far. */
  close: boolean;
  results: SearchResult[];
  /** With `facets`: how many concepts of the whole list have each value. */
  facets?: Facets;
  /** Present where more results follow: another page can be asked for with `offset`. */
  more?: true;
  /** Present where the query is written as a code is and the release has none such; there are no results then. */
  noSuchCode?: true;
  /** The query is a name of several concepts that mean different things, and nothing decides between them. */
  ambiguous?: true;
  /** Values of the filter that the release has not. */
  unknownFilters?: UnknownValues[];
}

export const MAX_K = 200;
export const MAX_QUERY_CHARACTERS = 1000;
/** A text in which a query stands: some pages. */
export const MAX_CONTEXT_CHARACTERS = 20_000;
export const MAX_QUERIES = 1000;
