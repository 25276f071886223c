import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SearchRequest, SearchResponse } from "../../src/retrieval/request/search-types.ts";
import { echo, fakeSearch, fakeStore } from "./support/fake-search.ts";
import { type Problem, searchPath, type TestApi, testApi } from "./support/test-api.ts";

describe("the search routes", () => {
  const asked: SearchRequest[] = [];
  let api: TestApi;
  beforeAll(async () => {
    const searcher = fakeSearch(async (request) => {
      asked.push(request);
      return echo(request);
    });
    api = await testApi({ searcher, store: fakeStore() });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const detailOf = async (path: string): Promise<string> => {
    const { status, json } = await api.send<Problem>(path);
    expect(status).toBe(400);
    return json.detail;
  };

  test("hand on all parameters, lists taken apart at commas", async () => {
    const path = searchPath({
      q: " Crise cardiaque ",
      k: 7,
      sab: "A,B",
      lat: "FRE, ENG,",
      tty: "PT",
      sty: "T047",
      group: "diso,Anatomy",
      cui: "C0000001",
      under: "C0000002",
      lang: "fr,ENG",
      facets: "sab,group",
      encoders: "a,b",
      explain: 1,
      dataset: "umls",
    });
    const { status, json } = await api.send<SearchResponse>(path);
    expect(status).toBe(200);
    expect(json.query).toBe(" Crise cardiaque ");
    expect(asked.at(-1)).toEqual({
      queries: [" Crise cardiaque "],
      k: 7,
      offset: 0,
      filter: {
        sab: ["A", "B"],
        lat: ["FRE", "ENG"],
        tty: ["PT"],
        sty: ["T047"],
        group: ["DISO", "ANAT"],
        cui: ["C0000001"],
        under: ["C0000002"],
      },
      languages: ["FRE", "ENG"],
      facets: ["sab", "group"],
      encoders: ["a", "b"],
      explain: true,
      dataset: "umls",
    });
  });

  test("take an empty parameter as one that is not there", async () => {
    const path = "/api/v1/search?q=x&k=&sab=&lat=&tty=&sty=&cui=&encoders=&explain=&dataset=";
    expect((await api.send(path)).status).toBe(200);
    expect(asked.at(-1)).toEqual({ queries: ["x"], k: 10, offset: 0, filter: {}, explain: false });
  });

  test("read plus signs and percent signs of an address as browsers write them", async () => {
    await api.send("/api/v1/search?q=vitamine+B%2B%20100%25+%C3%A9t%C3%A9");
    expect(asked.at(-1)!.queries).toEqual(["vitamine B+ 100% été"]);
  });

  test.each([
    ["/api/v1/search", "q is missing"],
    ["/api/v1/search?q=", "q is empty; give some words to search for"],
    ["/api/v1/search?q=%20%09", "the query is empty; give some words to search for"],
    ["/api/v1/search?q=x&k=0", "k must be a whole number from 1 to 200"],
    ["/api/v1/search?q=x&k=201", "k must be a whole number from 1 to 200"],
    ["/api/v1/search?q=x&k=1.5", "k must be a whole number from 1 to 200"],
    ["/api/v1/search?q=x&k=ten", "k must be a whole number from 1 to 200"],
    ["/api/v1/search?q=x&explain=maybe", "explain must be 1 or 0"],
    ["/api/v1/search?q=x&dataset=a/b", "dataset is no name"],
    ["/api/v1/search?q=x&lang=fr,xx", "lang[1] must be a language, e.g. fr or FRE"],
    ["/api/v1/search?q=x&facets=colour", "facets[0] must be of sab, lat, tty, sty, group"],
    ["/api/v1/search?q=x&q=y", "a parameter is given twice; lists take commas"],
    [
      "/api/v1/search?q=x&limit=5",
      "there is a parameter that is not known; known are q, context, k, offset, sab, lat, tty, sty, group, cui, under, lang, facets, encoders, explain, dataset",
    ],
  ])("refuse %s and say why", async (path, detail) => {
    expect(await detailOf(path)).toBe(detail);
  });

  test("allow 1,000 characters and refuse 1,001, in an address as in a body", async () => {
    expect((await api.send(searchPath({ q: "é".repeat(1000) }))).status).toBe(200);
    expect(await detailOf(searchPath({ q: "é".repeat(1001) }))).toMatch(/^q is too long; at most 1000/);
    const post = (length: number) => api.post<Problem>("/api/v1/search", { queries: ["x".repeat(length)] });
    expect((await post(1000)).status).toBe(200);
    expect((await post(1001)).json).toMatchObject({ status: 400, code: "usage" });
  });

  test("allow lists of 50 and refuse 51, entries of 100 characters and not of 101", async () => {
    const sab = (n: number): string => Array.from({ length: n }, (_, i) => `S${i}`).join(",");
    expect((await api.send(searchPath({ q: "x", sab: sab(50) }))).status).toBe(200);
    expect((await api.send(searchPath({ q: "x", sab: sab(51) }))).status).toBe(400);
    expect((await api.send(searchPath({ q: "x", lat: "L".repeat(100) }))).status).toBe(200);
    expect((await api.send(searchPath({ q: "x", lat: "L".repeat(101) }))).status).toBe(400);
  });

  test("allow k from 1 to 200", async () => {
    for (const k of [1, 200]) expect((await api.send(searchPath({ q: "x", k }))).status).toBe(200);
  });

  test("answer a batch in its order, however it is divided", async () => {
    const queries = Array.from({ length: 256 }, (_, i) => `query ${i}`);
    const before = asked.length;
    const body = { queries, k: 3, filter: { lat: ["FRE"] }, explain: true };
    const { status, json } = await api.post<{ responses: SearchResponse[] }>("/api/v1/search", body);
    expect(status).toBe(200);
    expect(json.responses.map((response) => response.query)).toEqual(queries);
    const parts = asked.slice(before);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.every((part) => part.filter?.lat?.[0] === "FRE" && part.k === 3 && part.explain)).toBe(true);
  });

  test("refuse a batch of 257 queries, of none, and one with an empty query, before anything is searched", async () => {
    const before = asked.length;
    const refuse = async (body: unknown): Promise<string> => {
      const { status, json } = await api.post<Problem>("/api/v1/search", body);
      expect(status).toBe(400);
      return json.detail;
    };
    await refuse({ queries: Array.from({ length: 257 }, () => "x") });
    await refuse({ queries: [] });
    expect(await refuse({ queries: [...Array.from({ length: 40 }, () => "x"), " "] })).toMatch(
      /^query 41 is empty/,
    );
    expect(asked.length).toBe(before);
  });

  test.each([
    [{}, "queries is missing"],
    [{ queries: "x" }, /^queries: /],
    [{ queries: ["x"], k: "10" }, /^k: /],
    [{ queries: ["x"], filter: { sab: "A" } }, /^filter\.sab: /],
    [{ queries: ["x"], filter: { colour: ["red"] } }, "there is a parameter in filter that is not known"],
    [[], /^the body/],
    ["x", /^the body/],
  ])("refuse the body %j and say why", async (body, detail) => {
    const answer = await api.post<Problem>("/api/v1/search", body);
    expect(answer.status).toBe(400);
    expect(answer.json.detail).toMatch(detail);
  });

  test("search texts that are no proper Unicode as what is left of them", async () => {
    await api.send("/api/v1/search", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: '{"queries":["a\\ud800b\\u0000"]}',
    });
    expect(asked.at(-1)!.queries).toEqual(["a\ufffdb\u0000"]);
  });

  test("let nobody keep an answer", async () => {
    expect((await api.send(searchPath({ q: "x" }))).headers.get("Cache-Control")).toBe("no-store");
  });
});
