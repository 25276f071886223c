import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SearchRequest, SearchResponse } from "../../src/retrieval/request/search-types.ts";
import type { ConceptRecord, StringRecord } from "../../src/terminology/concept.ts";
import { groupOfType } from "../../src/terminology/semantic-groups.ts";
import { type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const HEART_DISEASE = "C0018799";
const INFARCTION = "C0027051";

// The oracle is the sample's own documents: ways up are walked here again, in memory.
describe("filters, facets and display names over the sample release", () => {
  const folder = temporaryFolder();
  let sample: SampleStore;
  const concepts = new Map<string, ConceptRecord>();
  const strings: StringRecord[] = [];
  beforeAll(async () => {
    sample = await sampleStore(folder.path);
    const release = await sample.searcher.releases.resolve(undefined);
    for await (const part of sample.store.documents(release.concepts))
      for (const { id, body } of part) concepts.set(id, JSON.parse(body));
    for await (const part of sample.store.documents(release.strings))
      for (const { body } of part) strings.push(JSON.parse(body));
  });
  afterAll(async () => {
    await sample[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const ask = async (query: string, rest: Partial<SearchRequest> = {}): Promise<SearchResponse> =>
    (await sample.searcher.search({ queries: [query], k: 10, ...rest }))[0]!;
  const isUnder = (cui: string, top: string): boolean => {
    const seen = new Set([cui]);
    for (const next of seen)
      for (const { rel, cui: other } of concepts.get(next)?.relations ?? [])
        if (rel === "PAR") seen.add(other);
    return seen.has(top);
  };

  test("under= gives all concepts of a branch and nothing else", async () => {
    const branch = [...concepts.keys()].filter((cui) => isUnder(cui, HEART_DISEASE));
    expect(branch.length).toBeGreaterThan(5);
    const { results } = await ask("anything at all", { k: 200, filter: { under: [HEART_DISEASE] } });
    expect(results.map(({ cui }) => cui).sort()).toEqual(branch.sort());
    expect(branch).toContain(INFARCTION);
  });

  test("under= tells the concepts of an ambiguous string apart, whether it is named or near", async () => {
    const ambiguous = strings.flatMap(({ text, concepts: named }) =>
      named.length < 2
        ? []
        : named.flatMap(({ cui }) => {
            const parents = concepts.get(cui)!.relations.filter(({ rel }) => rel === "PAR");
            const top = parents.find((p) => named.some((other) => !isUnder(other.cui, p.cui)))?.cui;
            return top === undefined ? [] : [{ text, top, named }];
          }),
    );
    expect(ambiguous.length).toBeGreaterThan(3);
    for (const { text, top, named } of ambiguous) {
      for (const query of [text, `${text} of some kind`]) {
        const { results } = await ask(query, { k: 200, filter: { under: [top] } });
        expect(
          results.filter(({ cui }) => !isUnder(cui, top)),
          `${query} under ${top}`,
        ).toEqual([]);
        const found = new Set(results.map(({ cui }) => cui));
        for (const { cui } of named) expect(found.has(cui)).toBe(isUnder(cui, top));
      }
    }
  });

  test("under= a concept that is not there gives nothing, named or not", async () => {
    for (const query of ["heart attack", INFARCTION, "something else"])
      expect((await ask(query, { filter: { under: ["C9999999"] } })).results).toEqual([]);
  });

  test("group= gives what has a type of the group, and group and type must both hold", async () => {
    const { results } = await ask("heart", { k: 50, filter: { group: ["ANAT"] } });
    expect(results.length).toBeGreaterThan(10);
    const groups = (tuis: { tui: string }[]) => tuis.map(({ tui }) => groupOfType(tui)?.id);
    expect(results.filter((r) => !groups(r.semanticTypes).includes("ANAT"))).toEqual([]);
    expect((await ask("heart", { filter: { group: ["ANAT"], sty: ["T047"] } })).results).toEqual([]);
    expect((await ask("heart", { filter: { group: ["DISO"], sty: ["T047"] } })).results.length).toBe(10);
    expect((await ask("heart", { filter: { group: ["nonsense"] } })).results).toEqual([]);
  });

  test("facets count the concepts of the whole list, whatever page is shown", async () => {
    const fields = ["sab", "lat", "tty", "sty", "group"] as const;
    const first = await ask("heart", { k: 5, facets: fields });
    const later = await ask("heart", { k: 20, offset: 40, facets: fields });
    expect(later.facets).toEqual(first.facets);
    const whole = (await ask("heart", { k: 200 })).results;
    const counted = (values: (string | undefined)[][]): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const list of values)
        for (const value of new Set(list)) if (value) counts[value] = (counts[value] ?? 0) + 1;
      return counts;
    };
    const given = (field: "sty" | "group"): Record<string, number> =>
      Object.fromEntries(first.facets![field]!.map(({ value, count }) => [value, count]));
    expect(given("sty")).toEqual(counted(whole.map((r) => r.semanticTypes.map(({ tui }) => tui))));
    expect(given("group")).toEqual(
      counted(whole.map((r) => r.semanticTypes.map(({ tui }) => groupOfType(tui)?.id))),
    );
    expect(first.facets!.sty![0]).toHaveProperty("name");
    for (const field of fields) {
      const counts = first.facets![field]!.map(({ count }) => count);
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
      expect(Math.max(...counts)).toBeLessThanOrEqual(whole.length);
    }
  });

  test("facets of a filtered search count within the filter", async () => {
    const { facets } = await ask("heart", { filter: { lat: ["FRE"] }, facets: ["lat"] });
    expect(facets!.lat!.map(({ value }) => value)).toEqual(["FRE"]);
  });

  test("concepts are named in the first language that has a name, else by their preferred one", async () => {
    const names = async (languages: string[]) =>
      (await ask("heart attack", { languages })).results.find((r) => r.cui === INFARCTION)!;
    const { names: known, name } = concepts.get(INFARCTION)!;
    expect((await names(["FRE"])).display).toEqual({ text: known["FRE"], lat: "FRE" });
    expect((await names(["GER", "FRE"])).display).toEqual({ text: known["FRE"], lat: "FRE" });
    expect(known["GER"]).toBeUndefined();
    expect((await names(["GER"])).display).toEqual({ text: name, lat: "ENG" });
    expect((await names(["FRE"])).name).toBe(name);
    expect((await ask("heart attack")).results[0]).not.toHaveProperty("display");
  });

  test("a search that nobody waits for asks the store nothing more", async () => {
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(sample.searcher.search({ queries: ["heart"], k: 5 }, { signal })).rejects.toThrow("gone");
  });

  test("the store gives up when its time is over", async () => {
    const release = await sample.searcher.releases.resolve(undefined);
    const options = { typos: 2, timeoutMs: 0 };
    const found = sample.store.findByWords(release.strings, "norm", ["heart", "diseese"], 200, options);
    await expect(found).rejects.toMatchObject({ code: "unavailable" });
  });
});
