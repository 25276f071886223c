import type { SearchRequest, SearchResponse } from "../retrieval/request/search-types.ts";
import { MAX_K } from "../retrieval/request/search-types.ts";
import type { LabelledQuery } from "./datasets/labelled-queries.ts";
import { bootstrapMean, type Estimate } from "./metrics/bootstrap.ts";

/** Scores of one method over labelled queries. */
export interface RetrievalScores {
  acc1: Estimate;
  acc5: Estimate;
  acc10: Estimate;
  mrr: Estimate;
}

/** For each method, the place of the first right concept for each query; Infinity where it is not found. */
export type PlacesByMethod = Record<string, number[]>;

/** Asked together: enough to fill the encoders' batches. */
const BATCH = 256;

/** What a search answered: the concepts in the merged order, and each encoder's place of them. */
export interface Ranking {
  cuis: string[];
  /** By encoder, concept by concept as in `cuis`. */
  ranks: Record<string, number[]>;
}

/** How the product is asked; `k` results each, `MAX_K` when left out. */
export type RankingRequest = Omit<SearchRequest, "queries" | "contexts" | "k"> & { k?: number };

/** Asks the product's own search, each query in its context where it has one. */
export async function rankingsOf(
  queries: readonly Pick<LabelledQuery, "query" | "context">[],
  search: (request: SearchRequest) => Promise<SearchResponse[]>,
  { k = MAX_K, ...request }: RankingRequest,
  onDone: (done: number) => void = () => undefined,
): Promise<Ranking[]> {
  const rankings: Ranking[] = [];
  for (let start = 0; start < queries.length; start += BATCH) {
    const part = queries.slice(start, start + BATCH);
    const contexts = part.map(({ context }) => context);
    const stands = contexts.some((context) => context !== undefined) ? { contexts } : {};
    const responses = await search({ ...request, k, ...stands, queries: part.map(({ query }) => query) });
    for (const { results } of responses) {
      const ids = Object.keys(results[0]?.scores ?? {});
      rankings.push({
        cuis: results.map(({ cui }) => cui),
        ranks: Object.fromEntries(ids.map((id) => [id, results.map(({ scores }) => scores[id]!.rank)])),
      });
    }
    onDone(start + part.length);
  }
  return rankings;
}

/**
 * The place of the first right concept in each ranking. Methods are `merged`, each encoder by its id, which stands by its own
 * ranking of the concepts, and `oracle`, which is right where any of the encoders is.
 */
export function placesIn(
  rankings: readonly Ranking[],
  right: (query: number) => ReadonlySet<string>,
): PlacesByMethod {
  const ids = [...new Set(rankings.flatMap(({ ranks }) => Object.keys(ranks)))];
  const places: PlacesByMethod = { merged: [], ...Object.fromEntries(ids.map((id) => [id, []])) };
  for (const [i, { cuis, ranks }] of rankings.entries()) {
    const hits = cuis.flatMap((cui, at) => (right(i).has(cui) ? [at] : []));
    places["merged"]!.push(Math.min(...hits.map((at) => at + 1)));
    // An encoder says nothing of a query without results.
    for (const id of ids)
      places[id]!.push(Math.min(...hits.map((at) => ranks[id]?.[at] ?? Number.POSITIVE_INFINITY)));
  }
  if (ids.length > 1)
    places["oracle"] = places["merged"]!.map((_, i) => Math.min(...ids.map((id) => places[id]![i]!)));
  return places;
}

/** The difference of two runs over the same queries in the share of them right at `rank`, with its paired 95 % interval. */
export function pairedDifference(after: readonly number[], before: readonly number[], rank = 1): Estimate {
  return bootstrapMean(after.map((place, i) => Number(place <= rank) - Number(before[i]! <= rank)));
}

export function retrievalScores(places: readonly number[]): RetrievalScores {
  const within = (k: number): Estimate => bootstrapMean(places.map((place) => Number(place <= k)));
  return {
    acc1: within(1),
    acc5: within(5),
    acc10: within(10),
    mrr: bootstrapMean(places.map((place) => 1 / place)),
  };
}

/** Of the queries for which one encoder has no right concept among the first `rank`, the share for which the other has: what it adds. */
export function wonShare(winner: readonly number[], loser: readonly number[], rank = 1): number {
  const lost = [...loser.keys()].filter((i) => loser[i]! > rank);
  return lost.filter((i) => winner[i]! <= rank).length / Math.max(1, lost.length);
}
