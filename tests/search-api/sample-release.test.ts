import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConceptView } from "../../search-api/schemas/concept-schema.ts";
import type { Readiness } from "../../search-api/schemas/health-schema.ts";
import type { ReleaseView } from "../../search-api/schemas/release-schema.ts";
import type { Suggestion, SuggestResponse } from "../../search-api/schemas/suggest-schema.ts";
import type { SearchResponse } from "../../src/retrieval/request/search-types.ts";
import { normalizeText } from "../../src/text/normalize.ts";
import { type SampleApi, sampleApi } from "./support/sample-api.ts";
import { type Problem, searchPath } from "./support/test-api.ts";

describe("the API over the sample release", () => {
  let api: SampleApi;
  beforeAll(async () => {
    api = await sampleApi();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const search = async (parameters: Record<string, string | number>): Promise<SearchResponse> =>
    (await api.send<SearchResponse>(searchPath(parameters))).json;
  const concept = async (cui: string, query = ""): Promise<ConceptView> =>
    (await api.send<ConceptView>(`/api/v1/concepts/${cui}${query}`)).json;
  const suggest = async (q: string, more: Record<string, string | number> = {}): Promise<Suggestion[]> => {
    const { status, json } = await api.send<SuggestResponse>(searchPath({ q, ...more }, "/api/v1/suggest"));
    expect(status).toBe(200);
    return json.suggestions;
  };

  describe("search", () => {
    test("finds the exact string first and explains each hit when asked to", async () => {
      const { dataset, release, results } = await search({ q: "crise cardiaque", k: 5, explain: 1 });
      expect([dataset, release]).toEqual(["sample", "1"]);
      expect(results[0]).toMatchObject({ rank: 1, cui: "C0027051", matchType: "exact", rating: 5 });
      expect(Object.keys(results[0]!.scores).sort()).toEqual(["tiny-bert", "tiny-xlmr"]);
      expect(results[0]!.explanation?.map((e) => e.encoder).sort()).toEqual(["tiny-bert", "tiny-xlmr"]);
    });

    test("gives the same page for the same query, alone, in a batch, and while others ask", async () => {
      const queries = ["crise cardiaque", "mal au ventre", "shortness of breath", "C0018799", "MS"];
      const alone = await Promise.all(queries.map(async (q) => (await search({ q, k: 20 })).results));
      const again = await Promise.all(queries.map(async (q) => (await search({ q, k: 20 })).results));
      expect(again).toEqual(alone);
      const batch = await api.post<{ responses: SearchResponse[] }>("/api/v1/search", { queries, k: 20 });
      const places = (results: SearchResponse["results"]) =>
        results.map(({ cui, matchType }) => [cui, matchType]);
      expect(batch.json.responses.map(({ results }) => places(results))).toEqual(alone.map(places));
    });

    test("applies every filter", async () => {
      const french = await search({ q: "heart attack", lat: "FRE", k: 10 });
      expect(new Set(french.results.map((r) => r.lat))).toEqual(new Set(["FRE"]));
      const typed = await search({ q: "heart", sty: "T023", k: 10 });
      expect(typed.results.every((r) => r.semanticTypes.some(({ tui }) => tui === "T023"))).toBe(true);
      const lay = await search({ q: "heart", sab: "TDLAY,TDLAYFRE", tty: "PT", k: 10 });
      expect(lay.results.every((r) => /^TDLAY/.test(r.sab) && r.tty === "PT")).toBe(true);
      const one = await search({ q: "anything", cui: "C0027051" });
      expect(one.results.map((r) => r.cui)).toEqual(["C0027051"]);
      expect((await search({ q: "heart", sab: "NONE' OR '1'='1" })).results).toEqual([]);
    });

    test("asks the encoders named alone, and refuses those that the release does not have", async () => {
      const { results } = await search({ q: "heart", encoders: "tiny-bert", k: 3 });
      expect(results.map((r) => Object.keys(r.scores))).toEqual([
        ["tiny-bert"],
        ["tiny-bert"],
        ["tiny-bert"],
      ]);
      const { status, json } = await api.send<Problem>(searchPath({ q: "heart", encoders: "other" }));
      expect([status, json.code]).toEqual([404, "not-found"]);
      expect((await api.send(searchPath({ q: "heart", encoders: "no name" }))).status).toBe(400);
    });

    test("refuses a dataset that is not there, without naming the place of the store", async () => {
      const { status, json } = await api.send<Problem>(searchPath({ q: "x", dataset: "umls" }));
      expect(status).toBe(404);
      expect(json.detail).toBe("there is no dataset umls in the store; it holds sample");
    });
  });

  describe("a concept", () => {
    test("comes with its names, types, definitions, and the names of what it is related to", async () => {
      const { name, names, semanticTypes, definitions, atoms, parents, children, relations } =
        await concept("C0018799");
      expect(name).toBe("Heart disease");
      expect(names["FRE"]).toBe("Cardiopathie");
      expect(semanticTypes).toEqual([{ tui: "T047", name: "Disease or Syndrome" }]);
      expect(definitions.length).toBeGreaterThan(0);
      expect(atoms.every((atom) => atom.cui === "C0018799")).toBe(true);
      expect(parents.map((p) => p.name)).toEqual(["Cardiovascular disease"]);
      expect(children.map((c) => c.name)).toContain("Coronary artery disease");
      expect([...children].sort((a, b) => (a.name! < b.name! ? -1 : 1))).toEqual(children);
      expect(relations.every((r) => r.rel !== "PAR" && r.rel !== "CHD")).toBe(true);
    });

    test("shows its places in the hierarchies, each step with the concept it belongs to", async () => {
      const { hierarchies } = await concept("C0027051");
      expect(hierarchies.map(({ sab, path }) => [sab, path.map((step) => step.name)])).toEqual([
        ["TDSAMPLE", ["Disease", "Cardiovascular disease", "Heart disease", "Coronary artery disease"]],
      ]);
    });

    test("names what it is related to in the language asked for, where there is a name", async () => {
      const { parents, hierarchies } = await concept("C0027051", "?lat=fre");
      expect(parents.map((p) => p.name)).toEqual(["Maladie coronarienne"]);
      expect(hierarchies[0]!.path[0]!.name).toBe("Maladie");
      expect((await concept("C0027051", "?lat=GER")).parents[0]!.name).toBe("Coronary artery disease");
    });

    test("is found by its identifier in small letters too", async () => {
      expect((await concept("c0027051")).cui).toBe("C0027051");
    });

    test.each(["C9999999", "%2e%2e%2fsecret", "' OR '1'='1", "%00"])("is not found by %s", async (cui) => {
      const { status, json } = await api.send<Problem>(`/api/v1/concepts/${cui}`);
      expect([status, json.code]).toEqual([404, "not-found"]);
    });

    test("has an identifier of at most 200 characters", async () => {
      expect((await api.send(`/api/v1/concepts/${"C".repeat(200)}`)).status).toBe(404);
      expect((await api.send(`/api/v1/concepts/${"C".repeat(201)}`)).status).toBe(400);
    });
  });

  describe("suggestions", () => {
    test("begin as typed, but for case, accents and punctuation, one per concept", async () => {
      for (const q of ["c", "CRISE", "infarctus du", "œd", "Oedè", "arrêt-card"]) {
        const found = await suggest(q, { k: 50 });
        expect(found.length, q).toBeGreaterThan(0);
        expect(found.filter((s) => !normalizeText(s.string).startsWith(normalizeText(q)))).toEqual([]);
        expect(new Set(found.map((s) => s.cui)).size).toBe(found.length);
      }
    });

    test("put what is typed to its end first", async () => {
      const [first] = await suggest("infarctus");
      expect(first).toMatchObject({ string: "infarctus", cui: "C0027051", exact: true });
      expect((await suggest("infarctu")).every((s) => !s.exact)).toBe(true);
    });

    test.each(["crise cardiaque", "douleur", "heart failure", "hypertension artérielle"])(
      "only drop out while %j is typed; none that stays changes its place",
      async (text) => {
        let before: string[] = [];
        for (let length = 1; length <= text.length; length++) {
          const found = (await suggest(text.slice(0, length), { k: 50 })).filter((s) => !s.exact);
          const now = found.map((s) => `${s.cui} ${s.string}`);
          const stayed = before.filter((entry) => now.includes(entry));
          expect(now.filter((entry) => before.includes(entry))).toEqual(stayed);
          before = now;
        }
      },
    );

    test("complete an identifier", async () => {
      const found = await suggest("c00270");
      expect(found.find((s) => s.cui === "C0027051")).toMatchObject({
        string: "C0027051",
        name: "Myocardial infarction",
      });
      expect((await suggest("C0027051"))[0]).toMatchObject({ cui: "C0027051", exact: true });
    });

    test("keep to the languages and sources asked for", async () => {
      const found = await suggest("c", { lat: "FRE", k: 50 });
      expect(new Set(found.map((s) => s.lat))).toEqual(new Set(["FRE"]));
      expect((await suggest("c", { sab: "TDLAY" })).every((s) => s.sab === "TDLAY")).toBe(true);
    });

    test("are at most as many as asked for, from 1 to 50", async () => {
      expect((await suggest("c", { k: 1 })).length).toBe(1);
      expect((await suggest("c", { k: 50 })).length).toBe(50);
      const status = async (k: number) =>
        (await api.send(searchPath({ q: "c", k }, "/api/v1/suggest"))).status;
      expect([await status(0), await status(51)]).toEqual([400, 400]);
    });

    test("are none for what nothing begins with, and a problem for nothing typed", async () => {
      expect(await suggest("zzzzzz")).toEqual([]);
      expect((await api.send("/api/v1/suggest?q=")).status).toBe(400);
      expect((await api.send("/api/v1/suggest?q=%20")).status).toBe(400);
    });
  });

  test("no text, however odd, is answered with anything but results or a problem of the caller", async () => {
    const odd = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
      fc.constantFrom(
        "'",
        "\\",
        "%",
        "_",
        "' OR 1=1 --",
        "\u0000",
        "\u202e",
        "a\u0301".repeat(400),
        "-",
        ".",
        "C0'",
        "💔",
      ),
      fc.constantFrom(
        "0".repeat(1000),
        "(".repeat(1000),
        ".".repeat(1000),
        "𝔄".repeat(500),
        "ﷺ".repeat(1000),
      ),
    );
    const check = async (text: string): Promise<void> => {
      const q = text.toWellFormed();
      const paths = [searchPath({ q, k: 3 }), searchPath({ q: "heart", k: 3, sab: q, cui: q })];
      paths.push(searchPath({ q }, "/api/v1/suggest"), `/api/v1/concepts/${encodeURIComponent(q)}`);
      for (const path of paths) expect([200, 400, 404, 431]).toContain((await api.send(path)).status);
      expect([200, 400]).toContain((await api.post("/api/v1/search", { queries: [text], k: 3 })).status);
    };
    await fc.assert(fc.asyncProperty(odd, check), { numRuns: 60 });
  });

  test("the releases tell what can be filtered by, and nothing of the machine", async () => {
    const { json, text } = await api.send<{ releases: ReleaseView[] }>("/api/v1/releases");
    expect(json.releases).toMatchObject([
      { dataset: "sample", release: "1", active: true, counts: { bySab: { TDLAY: expect.any(Number) } } },
    ]);
    expect(json.releases[0]!.encoders.map((e) => e.id).sort()).toEqual(["tiny-bert", "tiny-xlmr"]);
    expect(text).not.toContain(api.folder);
  });

  test("the server is ready when the store answers and its encoders encode", async () => {
    const { json } = await api.send<Readiness>("/readyz");
    expect(json.releases).toEqual([
      {
        dataset: "sample",
        release: "1",
        encoders: expect.arrayContaining(["tiny-bert", "tiny-xlmr"]),
        ready: true,
      },
    ]);
  });
});
