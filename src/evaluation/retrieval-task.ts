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

/**
 * Asks the product's own search. Methods are `merged`, each encoder by its id, which stands by its own ranking of the
 * concepts, and `oracle`, which is right where any of the encoders is.
 */
export async function retrievalPlaces(
  queries: readonly LabelledQuery[],
  search: (request: SearchRequest) => Promise<SearchResponse[]>,
  request: Omit<SearchRequest, "queries" | "k">,
  onDone: (done: number) => void = () => undefined,
): Promise<PlacesByMethod> {
  const places: PlacesByMethod = { merged: [] };
  for (let start = 0; start < queries.length; start += BATCH) {
    const part = queries.slice(start, start + BATCH);
    const responses = await search({ ...request, k: MAX_K, queries: part.map(({ query }) => query) });
    for (const [i, { results }] of responses.entries()) {
      const right = results.filter(({ cui }) => part[i]!.cuis.has(cui));
      places["merged"]!.push(Math.min(...right.map(({ rank }) => rank)));
      for (const id of Object.keys(results[0]?.scores ?? {})) {
        places[id] ??= new Array(start + i).fill(Number.POSITIVE_INFINITY);
        places[id].push(Math.min(...right.map(({ scores }) => scores[id]!.rank)));
      }
      // An encoder says nothing of a query without results.
      for (const list of Object.values(places))
        if (list.length <= start + i) list.push(Number.POSITIVE_INFINITY);
    }
    onDone(start + part.length);
  }
  const encoders = Object.keys(places).filter((method) => method !== "merged");
  if (encoders.length > 1)
    places["oracle"] = places["merged"]!.map((_, i) => Math.min(...encoders.map((id) => places[id]![i]!)));
  return places;
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
