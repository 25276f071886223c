import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { exactMatches } from "./exact-matches.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { rankConcepts } from "./rank-concepts.ts";
import { storeFilter } from "./search-filter.ts";
import type { SearchRequest, SearchResult } from "./search-types.ts";
import type { EncoderLeg } from "./searcher.ts";

export interface EncodedQuery {
  text: string;
  /** One vector per leg. */
  vectors: readonly Float32Array[];
}

/** One query, encoded, against one release: exact matches and neighbours side by side, then the ranking. */
export async function answerQuery(
  store: VectorStore,
  release: ReleaseRecord,
  legs: readonly EncoderLeg[],
  query: EncodedQuery,
  request: Omit<SearchRequest, "queries">,
): Promise<SearchResult[]> {
  const filter = request.filter ?? {};
  const pushed = storeFilter(filter);
  const options = { k: request.k, exact: request.exact ?? false, ...(pushed ? { filter: pushed } : {}) };
  const exact = exactMatches(store, release.strings, query.text);
  const evidence = await gatherEvidence(store, release.strings, legs, query.vectors, exact, options);
  const { tiers } = await exact;
  return rankConcepts({ evidence, legs, filter, tiers, k: request.k, explain: request.explain ?? false });
}
