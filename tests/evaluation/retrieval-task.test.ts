import { describe, expect, test } from "vitest";
import {
  pairedDifference,
  placesIn,
  rankingsOf,
  retrievalScores,
  wonShare,
} from "../../src/evaluation/retrieval-task.ts";
import type {
  SearchRequest,
  SearchResponse,
  SearchResult,
} from "../../src/retrieval/request/search-types.ts";

/** A search that answers `q1`, `q2` … with these concepts, which encoder a ranks as they stand and b the other way. */
function searchOf(answers: Record<string, string[]>) {
  return async ({ queries }: SearchRequest): Promise<SearchResponse[]> =>
    queries.map((query) => {
      const cuis = answers[query]!;
      const results = cuis.map((cui, i) => ({
        rank: i + 1,
        cui,
        scores: {
          a: { cosine: 0, rating: 0, rank: i + 1 },
          b: { cosine: 0, rating: 0, rank: cuis.length - i },
        },
      }));
      return {
        query,
        dataset: "d",
        release: "1",
        tookMs: 0,
        close: true,
        results: results as unknown as SearchResult[],
      };
    });
}

describe("an evaluation of search", () => {
  test("takes the place of the first right concept, merged, for each encoder and for the oracle", async () => {
    const answers = { q1: ["X", "Y", "Z"], q2: ["X", "Y"], q3: ["X"], q4: [] };
    const wanted = [["Z"], ["X", "Y"], ["N"], ["X"]];
    const queries = Object.keys(answers).map((query, i) => ({ query, cuis: new Set(wanted[i]) }));
    const rankings = await rankingsOf(queries, searchOf(answers), {});
    const places = placesIn(rankings, (i) => queries[i]!.cuis);
    const never = Number.POSITIVE_INFINITY;
    expect(places).toEqual({
      merged: [3, 1, never, never],
      a: [3, 1, never, never],
      b: [1, 1, never, never],
      oracle: [1, 1, never, never],
    });
    const { acc1, acc5, mrr } = retrievalScores(places["merged"]!);
    expect([acc1.value, acc5.value, mrr.value]).toEqual([0.25, 0.5, expect.closeTo((1 / 3 + 1) / 4, 12)]);
    // Of the three that a does not answer, b answers one.
    expect(wonShare(places["b"]!, places["a"]!)).toBeCloseTo(1 / 3, 12);
    expect(wonShare(places["a"]!, places["b"]!)).toBe(0);
  });

  test("asks each query in its context, and compares two runs query by query", async () => {
    const asked: SearchRequest[] = [];
    const search = async (request: SearchRequest): Promise<SearchResponse[]> => {
      asked.push(request);
      return searchOf({ q1: ["X"], q2: ["Y"] })(request);
    };
    await rankingsOf([{ query: "q1", context: "a text" }, { query: "q2" }], search, { k: 5 });
    await rankingsOf([{ query: "q1" }], search, {});
    expect(asked.map(({ queries, contexts, k }) => [queries, contexts, k])).toEqual([
      [["q1", "q2"], ["a text", undefined], 5],
      [["q1"], undefined, 200],
    ]);
    const never = Number.POSITIVE_INFINITY;
    // Right in one run alone: two queries here, one there. The other 97 are as they were.
    const same = Array.from({ length: 97 }, (_, i) => (i % 2 ? 1 : never));
    const difference = pairedDifference([1, 1, 2, ...same], [2, never, 1, ...same]);
    expect(difference.value).toBeCloseTo(0.01, 12);
    expect(difference.low).toBeGreaterThanOrEqual(-0.03);
    expect(difference.high).toBeLessThanOrEqual(0.05);
    expect(pairedDifference(same, same)).toEqual({ value: 0, low: 0, high: 0 });
  });
});
