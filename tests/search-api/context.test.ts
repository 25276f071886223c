import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../search-api/limits.ts";
import type { SearchRequest, SearchResponse } from "../../src/retrieval/request/search-types.ts";
import { echo, fakeSearch, fakeStore } from "./support/fake-search.ts";
import { type SampleApi, sampleApi } from "./support/sample-api.ts";
import { searchPath, testApi } from "./support/test-api.ts";

const TEXT = "Dans un accident vasculaire cérébral (AVC), chaque minute compte.";

describe("the context of a query", () => {
  test("comes with it through each door, and into no log", async () => {
    const asked: SearchRequest[] = [];
    const searcher = fakeSearch(async (part) => {
      asked.push(part);
      return echo(part);
    });
    await using api = await testApi({ searcher, store: fakeStore() });
    await api.send(searchPath({ q: "AVC", context: TEXT }));
    await api.post("/api/v1/search", { queries: ["AVC", "IM"], context: TEXT });
    await api.post("/api/v1/search", { queries: ["AVC", "IM"], context: [TEXT] });
    await api.send("/api/v1/search/stream", {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson" },
      body: `${JSON.stringify({ query: "AVC", context: TEXT })}\n"IM"\n`,
    });
    await api.send("/api/v1/search/stream", {
      method: "POST",
      headers: { "Content-Type": "text/csv" },
      body: `query,context\nAVC,"${TEXT}"\n`,
    });
    expect(asked.map(({ queries, contexts }) => [queries, contexts])).toEqual([
      [["AVC"], [TEXT]],
      [
        ["AVC", "IM"],
        [TEXT, TEXT],
      ],
      [
        ["AVC", "IM"],
        [TEXT, undefined],
      ],
      [
        ["AVC", "IM"],
        [TEXT, undefined],
      ],
      [["AVC"], [TEXT]],
    ]);
    expect(api.log()).not.toMatch(/minute|vasculaire/);
  });

  test("is refused where it is longer than what is read, or belongs to no query", async () => {
    await using api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
    const long = "x".repeat(LIMITS.contextCharacters + 1);
    const tooLong = await api.post<{ detail: string }>("/api/v1/search", { queries: ["a"], context: long });
    expect([tooLong.status, tooLong.text]).toEqual([
      400,
      expect.stringContaining("the context of the query has"),
    ]);
    const tooMany = await api.post<{ detail: string }>("/api/v1/search", {
      queries: ["a"],
      context: ["", "b"],
    });
    expect([tooMany.status, tooMany.text]).toEqual([
      400,
      expect.stringContaining("2 contexts for 1 queries"),
    ]);
  });
});

describe("over the sample release", () => {
  let api: SampleApi;
  beforeAll(async () => {
    api = await sampleApi();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test("a short form is the concept that the context says, and explain tells how it was read", async () => {
    const { json } = await api.send<SearchResponse>(
      searchPath({
        q: "AT",
        context: "Her abdominal pain (AT) began on Monday; see AT (page 7).",
        explain: 1,
      }),
    );
    expect(json.query).toBe("AT");
    expect(json.reading).toBeUndefined(); // No letters of these words: nothing is made up.
    const read = await api.send<SearchResponse>(
      searchPath({ q: "AP", context: "Her abdominal pain (AP) began on Monday.", explain: 1 }),
    );
    expect(read.json.reading).toEqual({
      text: "abdominal pain",
      abbreviations: [{ short: "AP", long: "abdominal pain" }],
    });
    expect(read.json.results[0]).toMatchObject({ name: "Abdominal pain", matchType: "normalized" });
    const plain = await api.send<SearchResponse>(searchPath({ q: "abdominal pain", explain: 1 }));
    expect(read.json.results).toEqual(plain.json.results);
  });
});
