import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { type NamedString, namedStrings } from "./named-strings.ts";
import { rankConcepts } from "./rank-concepts.ts";
import { storeFilter } from "./search-filter.ts";
import type { MatchType, SearchRequest, SearchResult } from "./search-types.ts";
import type { EncoderLeg } from "./searcher.ts";

// Several strings of a concept are near a query; five times as many candidates leave enough concepts for a page. The
// number depends on k in steps alone, so that within a step a short page is the beginning of a longer one.
const STRINGS_PER_RESULT = 5;
const STEPS = [20, 50, 100, 200];

/**
 * Queries, encoded (`vectors[leg]` row by row), against one release: what they name and what is near them, side by
 * side, then the ranking.
 */
export async function answerQueries(
  store: VectorStore,
  release: ReleaseRecord,
  legs: readonly EncoderLeg[],
  texts: readonly string[],
  vectors: readonly Float32Array[],
  request: Omit<SearchRequest, "queries">,
): Promise<SearchResult[][]> {
  const { k, exact = false, explain = false, filter = {} } = request;
  const pushed = storeFilter(filter);
  const strings = STRINGS_PER_RESULT * (STEPS.find((step) => k <= step) ?? k);
  const naming = namedStrings(store, release.strings, texts, { codes: true });
  const options = { strings, exact, ...(pushed ? { filter: pushed } : {}) };
  const evidence = await gatherEvidence(store, release.strings, legs, vectors, naming, options);
  const named = await naming;
  return evidence.map((found, i) =>
    rankConcepts({ evidence: found, legs, filter, tiers: tiersOf(named[i]!), k, explain }),
  );
}

/** The tier of each concept that was found without an encoder: exact where any of its strings is. */
export function tiersOf(named: readonly NamedString[]): Map<string, MatchType> {
  const tiers = new Map<string, MatchType>();
  for (const { cuis, tier } of named) {
    for (const cui of cuis) if (tiers.get(cui) !== "exact") tiers.set(cui, tier);
  }
  return tiers;
}
