import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FhirConcepts, isNamed } from "../../search-api/fhir/fhir-concepts.ts";
import { TermStore } from "../../search-api/terms/term-store.ts";
import { alignLexicon } from "../../src/alignment/align-lexicon.ts";
import { DEFAULT_MATCHER } from "../../src/alignment/matching/default-matcher.ts";
import { isoOf } from "../../src/terminology/languages.ts";
import { lexiconEntry } from "../alignment/support/hand-made.ts";
import { type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures");
const table = (name: string): string[][] =>
  readFileSync(join(FIXTURES, name), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"));

interface MeaningCase {
  kind: string;
  lat: string;
  expected: string;
  query: string;
  name: string;
}
const CASES = table("meaning-cases.tsv").map(([kind, lat, expected, query, name]) => {
  return { kind, lat, expected, query, name } as MeaningCase;
});
const NAMES = [...new Map(CASES.map(({ name, lat }) => [name, lat]))];
const cuiOf = (name: string): string => `N${NAMES.findIndex(([other]) => other === name)}`;

// The encoders are random: whatever they say, a name that differs is not the same, and one that is written otherwise is.
describe("the cases of what a text says, in a made release of all their names", () => {
  const folder = temporaryFolder();
  let made: SampleStore;
  beforeAll(async () => {
    const source = join(folder.path, "names.tsv");
    const rows = NAMES.map(([name, lat]) => [cuiOf(name), name, isoOf(lat), "MADE", cuiOf(name)].join("\t"));
    writeFileSync(source, ["id\tterm\tlang\tsab\tcode", ...rows].join("\n"));
    made = await sampleStore(folder.path, undefined, { source, dataset: "made" });
  }, 120_000);
  afterAll(async () => {
    await made[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test("a search calls nothing the same that differs, and says in what; what is written otherwise it does", async () => {
    const queries = CASES.map(({ query }) => query);
    const responses = await made.searcher.search({ queries, k: 20 });
    const wrong = CASES.filter((one, i) => {
      const result = responses[i]!.results.find(({ cui }) => cui === cuiOf(one.name));
      const isSame = result?.matchType === "exact" || result?.matchType === "normalized";
      if (one.expected === "same") return !isSame || result!.rating !== 5;
      if (one.expected !== "differs") return false;
      return result !== undefined && (isSame || result.rating === 5 || !result.differs);
    });
    expect(wrong.map(({ query, name, expected }) => `${query} | ${name} | ${expected}`)).toEqual([]);
  }, 120_000);

  test.each(["plain", "strong"] as const)(
    "an alignment in %s mode takes no pair that differs",
    async (mode) => {
      const entries = CASES.map(({ query }, i) => lexiconEntry(query, { id: String(i) }));
      const options = { mode, filter: {}, exact: false, matcher: DEFAULT_MATCHER, choice: "all" } as const;
      const { entries: aligned } = await alignLexicon(entries, options, made);
      const wrong = CASES.filter(({ expected, name }, i) => {
        const { merged } = aligned[i]!;
        const isTaken = merged?.accepted && merged.concept.cui === cuiOf(name);
        if (expected === "differs")
          return isTaken || (merged?.accepted && merged.rating === 5 && merged.concept.differs);
        return mode === "strong" && expected === "same" && !merged?.accepted && !merged?.concept.rivals;
      });
      expect(wrong.map(({ query, name }) => `${query} | ${name}`)).toEqual([]);
    },
    240_000,
  );

  test("$validate-code takes no display for a name of a code that differs from all its names", async () => {
    const concepts = new FhirConcepts(new TermStore({ store: made.store, releases: made.searcher.releases }));
    const [system] = await concepts.systems();
    const wrong: string[] = [];
    for (const { expected, query, name } of CASES) {
      const found = await concepts.find(system!, cuiOf(name), []);
      if (expected !== "open" && isNamed(found!, query) === (expected === "differs"))
        wrong.push(`${query} | ${name}`);
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

const LOOKUPS = table("lookup-cases.tsv").map(
  ([kind, query, concept]) => ({ kind, query, concept }) as Record<string, string>,
);

describe("codes and words as people type them, in a made release", () => {
  const folder = temporaryFolder();
  let made: SampleStore;
  beforeAll(async () => {
    made = await sampleStore(folder.path, undefined, {
      source: join(FIXTURES, "lookup-release.tsv"),
      dataset: "made",
    });
  }, 120_000);
  afterAll(async () => {
    await made[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test("bring the concept that is meant first; what looks like a code and is none brings nothing", async () => {
    const responses = await made.searcher.search({ queries: LOOKUPS.map(({ query }) => query!), k: 10 });
    const wrong = LOOKUPS.filter(({ concept }, i) => {
      const { results, noSuchCode } = responses[i]!;
      return concept === "-" ? results.length > 0 || !noSuchCode : results[0]?.cui !== concept;
    });
    expect(wrong.map(({ kind, query, concept }) => `${kind} | ${query} | ${concept}`)).toEqual([]);
  }, 120_000);

  test("words that begin with a letter of several bytes are looked for with typos as well", async () => {
    const [response] = await made.searcher.search({ queries: ["простатит"], k: 5 });
    expect(response!.results.length).toBe(5);
  });

  test("a code that is being typed shows the codes that begin so behind it", async () => {
    const [response] = await made.searcher.search({ queries: ["E11"], k: 5 });
    expect(response!.results.map(({ cui }) => cui)).toEqual(["D2", "D4", "D5", "D3", "D1"]);
    expect(response!.results.map(({ matchType }) => matchType)).toEqual([
      "exact",
      "prefix",
      "prefix",
      "prefix",
      "prefix",
    ]);
  });
});
