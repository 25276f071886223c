import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SearchRequest, SearchResult } from "../../src/retrieval/request/search-types.ts";
import { Searcher } from "../../src/retrieval/searcher.ts";
import { type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// The encoders are random, so these tests say nothing of meaning: tiers, filters, shapes and order are what they look at.
describe("a search of the sample release", () => {
  const folder = temporaryFolder();
  let sample: SampleStore;
  beforeAll(async () => {
    sample = await sampleStore(folder.path);
  });
  afterAll(async () => {
    await sample[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });
  const search = async (query: string, rest: Partial<SearchRequest> = {}): Promise<SearchResult[]> => {
    const [response] = await sample.searcher.search({ queries: [query], k: 10, ...rest });
    return response!.results;
  };

  test("puts the exact string first, and says so", async () => {
    const [first] = await search("crise cardiaque");
    expect(first).toMatchObject({
      rank: 1,
      cui: "C0027051",
      name: "Myocardial infarction",
      string: "crise cardiaque",
      lat: "FRE",
    });
    expect(first).toMatchObject({
      matchType: "exact",
      rating: 5,
      semanticTypes: [{ tui: "T047", name: "Disease or Syndrome" }],
    });
  });

  test.each(["CRISE  Cardiaque", "crise-cardiaque", "Crise cardiaque."])(
    "finds %j as the same but for its writing",
    async (query) => {
      expect((await search(query))[0]).toMatchObject({ cui: "C0027051", matchType: "normalized", rating: 5 });
    },
  );

  test("finds a CUI and a code as typed", async () => {
    expect((await search("C0027051"))[0]).toMatchObject({ cui: "C0027051", matchType: "exact" });
    const { code } = (await search("Myocardial infarction"))[0]!;
    expect((await search(code.toLowerCase()))[0]).toMatchObject({ cui: "C0027051", matchType: "exact" });
  });

  test("shows every concept that an ambiguous string has before all else", async () => {
    const results = await search("MS");
    const exact = results.filter((r) => r.matchType === "exact").map((r) => r.cui);
    expect(exact.length).toBeGreaterThan(1);
    expect(results.slice(0, exact.length).map((r) => r.cui)).toEqual(exact);
  });

  test("gives one result per concept, ranks from 1, scores of both encoders", async () => {
    const results = await search("douleur dans la poitrine", { k: 50 });
    expect(results.map((r) => r.rank)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(new Set(results.map((r) => r.cui)).size).toBe(50);
    for (const result of results) expect(Object.keys(result.scores)).toEqual(["tiny-bert", "tiny-xlmr"]);
  });

  test("stands by rating, tier by tier", async () => {
    const results = (await search("mal de gorge", { k: 30 })).filter((r) => r.matchType === "semantic");
    const ratings = results.map((r) => Math.max(...Object.values(r.scores).map((s) => s.rating)));
    expect(ratings).toEqual(ratings.toSorted((a, b) => b - a));
    expect(results.map((r) => r.rating)).toEqual(ratings);
  });

  test("gives the same page for the same query, and a page that begins a longer one", async () => {
    const long = await search("toux", { k: 20 });
    expect(await search("toux", { k: 20 })).toEqual(long);
    expect((await search("toux", { k: 5 })).map((r) => r.cui)).toEqual(long.slice(0, 5).map((r) => r.cui));
  });

  test("gives pages that are pieces of one list, without a gap or a repeat, and says where it ends", async () => {
    const whole = await search("douleur", { k: 200 });
    expect(new Set(whole.map(({ cui }) => cui)).size).toBe(whole.length);
    const pages: typeof whole = [];
    for (let offset = 0; offset < 190; offset += 10) {
      const [page] = await sample.searcher.search({ queries: ["douleur"], k: 10, offset });
      pages.push(...page!.results);
      expect(page!.more).toBe(whole.length > offset + 10 ? true : undefined);
    }
    expect(pages).toEqual(whole.slice(0, pages.length));
    expect((await search("douleur", { k: 10, offset: 195 })).map(({ cui }) => cui)).toEqual(
      whole.slice(195).map(({ cui }) => cui),
    );
    await expect(search("douleur", { k: 10, offset: 200 })).rejects.toMatchObject({ code: "usage" });
  });

  test("answers a batch as it answers one by one, in order", async () => {
    const queries = ["fièvre", "heart attack", "mal de tête", "fièvre"];
    const batch = await sample.searcher.search({ queries, k: 5 });
    for (const [i, query] of queries.entries()) {
      const [alone] = await sample.searcher.search({ queries: [query], k: 5 });
      expect(batch[i]!.query).toBe(query);
      expect(batch[i]!.results.map((r) => r.cui)).toEqual(alone!.results.map((r) => r.cui));
    }
  });

  test("filters by source, language, type and concept, on one and the same atom", async () => {
    for (const result of await search("heart", { filter: { lat: ["FRE"] } })) expect(result.lat).toBe("FRE");
    for (const result of await search("heart", { filter: { sab: ["TDLAY"], lat: ["ENG"] } })) {
      expect(result).toMatchObject({ sab: "TDLAY", lat: "ENG" });
    }
    for (const result of await search("heart", { filter: { sty: ["T121"] } })) {
      expect(result.semanticTypes.map((t) => t.tui)).toContain("T121");
    }
    expect((await search("heart", { filter: { cui: ["C0027051"] } })).map((r) => r.cui)).toEqual([
      "C0027051",
    ]);
    expect(await search("heart", { filter: { sab: ["NOSUCH"] } })).toEqual([]);
    // The French lay names have no English atom: each list alone would be met, by two different atoms.
    expect(await search("crise cardiaque", { filter: { sab: ["TDLAYFRE"], lat: ["ENG"] } })).toEqual([]);
  });

  test("asks one encoder alone when told to", async () => {
    const [first] = await search("toux grasse", { encoders: ["tiny-xlmr"] });
    expect(Object.keys(first!.scores)).toEqual(["tiny-xlmr"]);
    await expect(search("toux", { encoders: ["nope"] })).rejects.toMatchObject({ code: "not-found" });
  });

  test("explains what each encoder saw", async () => {
    const [first] = await search("mal au dos depuis hier", { explain: true });
    expect(first!.explanation!.map((e) => e.encoder)).toEqual(["tiny-bert", "tiny-xlmr"]);
    expect(first!.explanation!.every((e) => e.cosine === first!.scores[e.encoder]!.cosine)).toBe(true);
  });

  test("finds with the index what it finds by comparing with everything", async () => {
    const ask = (exact: boolean) => sample.searcher.search({ queries: ["vertiges au lever"], k: 10, exact });
    expect((await ask(false))[0]!.results.map((r) => r.cui)).toEqual(
      (await ask(true))[0]!.results.map((r) => r.cui),
    );
  });

  test("refuses a release of other encoders", async () => {
    const searcher = new Searcher({ store: sample.store, encoder: async () => undefined, known: [] });
    await expect(searcher.search({ queries: ["x"], k: 1 })).rejects.toMatchObject({
      code: "incompatible",
      message: expect.stringContaining("tiny-bert"),
    });
  });
});
