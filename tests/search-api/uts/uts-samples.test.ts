import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SampleApi, sampleApi } from "../support/sample-api.ts";
import { searchPath } from "../support/test-api.ts";

interface Row {
  ui: string;
  name: string;
  rootSource: string;
  uri: string;
}
interface SearchPage {
  pageSize: number;
  pageNumber: number;
  result: { classType: string; results: Row[] };
}
interface Page<T> {
  pageNumber: number;
  pageCount: number;
  result: T;
}

const INFARCTION = "C0027051";

// What NLM's sample programs in Python ask (HHS/uts-rest-api, HHS/uts-api-client), call by call.
describe("clients of UTS, with the base address changed", () => {
  let api: SampleApi;
  beforeAll(async () => {
    api = await sampleApi();
  });
  afterAll(() => api[Symbol.asyncDispose]());
  const get = async <T>(path: string, parameters: Record<string, string | number> = {}): Promise<T> => {
    const { status, json } = await api.send<T>(searchPath({ apiKey: "any", ...parameters }, path));
    expect(status, path).toBe(200);
    return json;
  };
  const search = (parameters: Record<string, string | number>): Promise<SearchPage> =>
    get("/rest/search/current", parameters);

  test("search-terms.py: pages through a search until one is empty", async () => {
    const found: Row[] = [];
    for (let pageNumber = 1; ; pageNumber++) {
      const {
        pageSize,
        pageNumber: given,
        result,
      } = await search({ string: "heart", pageNumber, pageSize: 7 });
      expect([pageSize, given, result.classType]).toEqual([7, pageNumber, "searchResults"]);
      if (result.results.length === 0) break;
      found.push(...result.results);
      expect(pageNumber).toBeLessThan(50);
    }
    expect(found.length).toBeGreaterThan(10);
    expect(new Set(found.map(({ ui }) => ui)).size).toBe(found.length);
    expect(found[0]!.uri).toBe(`${api.url}/rest/content/current/CUI/${found[0]!.ui}`);
  });

  test("search-string-to-cui.py: each search type finds what it says and no more", async () => {
    const uis = async (string: string, searchType: string) =>
      (await search({ string, searchType })).result.results.map(({ ui }) => ui);
    expect(await uis("Myocardial infarction", "exact")).toEqual([INFARCTION]);
    expect(await uis("myocardial INFARCTION", "exact")).toEqual([]);
    expect(await uis("infarction, Myocardial", "normalizedString")).toContain(INFARCTION);
    expect(await uis("infarction myocardial", "words")).toContain(INFARCTION);
    expect(await uis("myocardial inf", "rightTruncation")).toContain(INFARCTION);
    expect(await uis("infarction", "leftTruncation")).toContain(INFARCTION);
    expect(await uis("ardiaque", "leftTruncation")).toEqual([]);
    expect((await uis("something near a heart attack", "approximate")).length).toBeGreaterThan(5);
  });

  test("a search for what is not there has no results, or the one that old clients look for", async () => {
    const nonsense = { string: "zzqx wvut" };
    expect((await search(nonsense)).result.results).toEqual([]);
    const { result } = await search({ ...nonsense, legacyNone: 1 });
    expect(result.results).toEqual([{ ui: "NONE", rootSource: "NONE", uri: "NONE", name: "NO RESULTS" }]);
  });

  test("search-by-code.py: from a code to its concept and back, within the sources asked for", async () => {
    const exact = { string: "Myocardial infarction", searchType: "exact" };
    const [coded] = (await search({ ...exact, returnIdType: "code" })).result.results;
    expect(coded!.uri).toBe(
      `${api.url}/rest/content/current/source/${coded!.rootSource}/${encodeURIComponent(coded!.ui)}`,
    );
    const asked = { string: coded!.ui, inputType: "sourceUi", searchType: "exact", sabs: coded!.rootSource };
    expect((await search(asked)).result.results.map(({ ui }) => ui)).toEqual([INFARCTION]);
    expect((await search({ ...asked, sabs: "NOSUCH" })).result.results).toEqual([]);
    const [atom] = (await search({ ...exact, returnIdType: "aui" })).result.results;
    expect(atom!.ui).toMatch(/^A\d+$/);
  });

  test("semantic types and groups narrow a search, by TUI, by name, with bars between", async () => {
    const uis = async (more: Record<string, string>) =>
      (await search({ string: "heart", ...more })).result.results.map(({ ui }) => ui);
    const organs = await uis({ semanticTypes: "T023" });
    expect(organs.length).toBeGreaterThan(0);
    expect(await uis({ semanticTypes: "Body Part, Organ, or Organ Component" })).toEqual(organs);
    const both = await uis({ semanticGroups: "Anatomy|Disorders" });
    expect(both.length).toBeGreaterThan(organs.length);
    const status = async (more: Record<string, string>) =>
      (await api.send(searchPath({ string: "heart", ...more }, "/rest/search/current"))).status;
    expect(await status({ semanticTypes: "nonsense" })).toBe(400);
    expect(await status({ semanticGroups: "nonsense" })).toBe(400);
  });

  test("retrieve-cui-or-code.py: a concept, and each address in it can be followed", async () => {
    const { result } = await get<Page<Record<string, string | number | { name: string; uri: string }[]>>>(
      `/rest/content/current/CUI/${INFARCTION}`,
    );
    expect(result).toMatchObject({ classType: "Concept", ui: INFARCTION, name: "Myocardial infarction" });
    expect(result["semanticTypes"]).toEqual([
      { name: "Disease or Syndrome", uri: `${api.url}/rest/semantic-network/current/TUI/T047` },
    ]);
    const addresses = JSON.stringify(result).match(/http:[^"]+/g)!;
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) await get(address.replace(api.url, ""));
  });

  test("retrieve-atoms.py: atoms by source, term type and language", async () => {
    type Atom = {
      ui: string;
      rootSource: string;
      termType: string;
      language: string;
      name: string;
      code: string;
    };
    const atoms = (more: Record<string, string | number> = {}) =>
      get<Page<Atom[]>>(`/rest/content/current/CUI/${INFARCTION}/atoms`, { pageSize: 200, ...more });
    const all = (await atoms()).result;
    expect(all.length).toBeGreaterThan(3);
    const french = (await atoms({ language: "FRE" })).result;
    expect(french.map(({ name }) => name)).toContain("crise cardiaque");
    expect(french.every(({ language }) => language === "FRE")).toBe(true);
    const { rootSource } = french[0]!;
    const own = (await atoms({ sabs: rootSource, ttys: "PT" })).result;
    expect(own.every((atom) => atom.rootSource === rootSource && atom.termType === "PT")).toBe(true);
    const first = await atoms({ pageSize: 2 });
    expect([first.result.length, first.pageCount]).toEqual([2, Math.ceil(all.length / 2)]);
    await get(all[0]!.code.replace(api.url, ""));
  });

  test("retrieve-definitions and relations: with 404 where there is none", async () => {
    const { result } = await get<Page<{ rootSource: string; value: string }[]>>(
      `/rest/content/current/CUI/${INFARCTION}/definitions`,
    );
    expect(result[0]!.value.length).toBeGreaterThan(20);
    type Relation = { relationLabel: string; relatedId: string; relatedIdName: string };
    const relations = await get<Page<Relation[]>>(`/rest/content/current/CUI/${INFARCTION}/relations`);
    expect(relations.result.find(({ relationLabel }) => relationLabel === "PAR")).toMatchObject({
      relatedIdName: "Coronary artery disease",
    });
    const status = async (path: string) => (await api.send(path)).status;
    expect(await status(`/rest/content/current/CUI/${INFARCTION}/definitions?sabs=NOSUCH`)).toBe(404);
    expect(await status("/rest/content/current/CUI/C9999999")).toBe(404);
    expect(await status(`/rest/content/1999AA/CUI/${INFARCTION}`)).toBe(404);
    expect(await status(`/rest/content/1/CUI/${INFARCTION}`)).toBe(200);
  });

  test("walk-hierarchy.py: parents, children, ancestors and descendants of a code agree", async () => {
    const concept = await search({
      string: "Coronary artery disease",
      searchType: "exact",
      returnIdType: "code",
      sabs: "TDSAMPLE",
    });
    const code = concept.result.results[0]!;
    const walk = async (name: string) =>
      (await get<Page<{ ui: string; name: string }[]>>(`${new URL(code.uri).pathname}/${name}`)).result;
    const named = async (name: string) => (await walk(name)).map((one) => one.name);
    expect(await named("parents")).toEqual(["Heart disease"]);
    expect(await named("children")).toContain("Myocardial infarction");
    expect((await named("ancestors")).sort()).toEqual(["Cardiovascular disease", "Disease", "Heart disease"]);
    const below = (await walk("descendants")).map(({ ui }) => ui);
    for (const { ui } of await walk("children")) expect(below).toContain(ui);
    expect(below).not.toContain(code.ui);
  });

  test("crosswalk.py: from a code of one source to those of another", async () => {
    const code = (
      await search({ string: "Myocardial infarction", searchType: "exact", returnIdType: "code" })
    ).result.results[0]!;
    const path = new URL(code.uri).pathname.replace("/content/", "/crosswalk/");
    const all = (await get<Page<Row[]>>(path)).result;
    expect(all.length).toBeGreaterThan(0);
    expect(all.every(({ rootSource }) => rootSource !== code.rootSource)).toBe(true);
    const target = all[0]!.rootSource;
    const some = (await get<Page<Row[]>>(path, { targetSource: target })).result;
    expect(new Set(some.map(({ rootSource }) => rootSource))).toEqual(new Set([target]));
    expect((await api.send(`${path}?targetSource=NOSUCH`)).status).toBe(404);
  });

  test("pages hold 1 to 200 results, and pages are counted from 1 to 1,000", async () => {
    const status = async (parameters: Record<string, number>) =>
      (await api.send(searchPath({ string: "heart", ...parameters }, "/rest/search/current"))).status;
    expect([await status({ pageSize: 1 }), await status({ pageSize: 200 })]).toEqual([200, 200]);
    expect([await status({ pageSize: 0 }), await status({ pageSize: 201 })]).toEqual([400, 400]);
    expect([await status({ pageNumber: 1_000 }), await status({ pageNumber: 1_001 })]).toEqual([200, 400]);
  });
});
