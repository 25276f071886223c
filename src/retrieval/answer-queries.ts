import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { matchedStrings } from "./matched-strings.ts";
import { rankConcepts } from "./rank-concepts.ts";
import { storeFilter } from "./search-filter.ts";
import type { SearchRequest, SearchResult } from "./search-types.ts";
import type { EncoderLeg } from "./searcher.ts";

// Several strings of a concept are near a query; five times as many candidates leave enough concepts for a page.
const STRINGS_PER_RESULT = 5;
const COMPLETIONS_PER_RESULT = 3;
/**
 * A list of results is made in rings: the first 20 from a search for as many, then up to 60 from a deeper one, then up to 200.
 * So every page is a piece of one and the same list, whatever its place and length, and most searches are shallow.
 */
const RINGS: readonly number[] = [20, 60, 200];

/** A query's results from `offset` on, and whether there are more. */
export interface AnsweredQuery {
  results: SearchResult[];
  more: boolean;
}

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
): Promise<AnsweredQuery[]> {
  const { k, offset = 0, exact = false, explain = false, filter = {} } = request;
  const pushed = storeFilter(filter);
  const last = RINGS.find((ring) => offset + k <= ring) ?? RINGS.at(-1)!;
  const matching = matchedStrings(store, release.strings, texts, {
    filter,
    completions: COMPLETIONS_PER_RESULT * last,
  });
  matching.catch(() => undefined); // awaited with the evidence, which may fail before
  const lists: SearchResult[][] = texts.map(() => []);
  let more: boolean[] = [];
  for (const ring of RINGS.filter((size) => size <= last)) {
    const strings = STRINGS_PER_RESULT * ring;
    const options = { strings, exact, ...(pushed ? { filter: pushed } : {}) };
    const evidence = await gatherEvidence(store, release.strings, legs, vectors, matching, options);
    const matched = await matching;
    more = evidence.map((found, i) => {
      const ranked = rankConcepts({
        evidence: found,
        legs,
        filter,
        matched: matched[i]!,
        k: Number.POSITIVE_INFINITY,
        explain,
      });
      const known = new Set(lists[i]!.map(({ cui }) => cui));
      const rest = ranked.filter(({ cui }) => !known.has(cui));
      for (const result of rest.slice(0, ring - known.size))
        lists[i]!.push({ ...result, rank: lists[i]!.length + 1 });
      return rest.length > ring - known.size;
    });
  }
  return lists.map((list, i) => ({
    results: list.slice(offset, offset + k),
    more: list.length > offset + k || more[i]!,
  }));
}
