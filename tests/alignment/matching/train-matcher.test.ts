import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCandidates } from "../../../src/alignment/align-lexicon.ts";
import { CandidateFinder } from "../../../src/alignment/entry-candidates.ts";
import { DEFAULT_MATCHER } from "../../../src/alignment/matching/default-matcher.ts";
import { fitMatcher, type MatcherExample } from "../../../src/alignment/matching/fit-matcher.ts";
import { matcherModel } from "../../../src/alignment/matching/matcher.ts";
import { PAIR_FEATURES } from "../../../src/alignment/matching/pair-features.ts";
import { trainMatcher } from "../../../src/alignment/matching/train-matcher.ts";
import { trainingLexicon } from "../../../src/alignment/matching/training-lexicon.ts";
import { namedStrings } from "../../../src/retrieval/match/exact-matches.ts";
import { normalizeText } from "../../../src/text/normalize.ts";
import type { ReleaseRecord } from "../../../src/vector-store/release-record.ts";
import { type SampleStore, sampleStore } from "../../support/sample-store.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder();
let sample: SampleStore;
let release: ReleaseRecord;

beforeAll(async () => {
  sample = await sampleStore(folder.path);
  release = await sample.searcher.releases.resolve(undefined);
});
afterAll(async () => {
  await sample[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe("a training lexicon", () => {
  test("of one source has that source's names, and knows whether the rest has the concept", async () => {
    const [sab] = Object.keys(release.counts.bySab);
    const { entries } = await trainingLexicon(sample.store, release, { sab: sab!, count: 60 });
    expect(entries.length).toBeGreaterThan(20);
    const again = await trainingLexicon(sample.store, release, { sab: sab!, count: 60 });
    expect(again.entries).toEqual(entries);
    for (const { cui, entry, isThere } of entries) {
      const [stored] = await sample.store.find(release.concepts, "id", [cui], 1);
      const { atoms } = JSON.parse(stored!.body) as { atoms: { sab: string; str: string }[] };
      expect(atoms.some((atom) => atom.sab === sab && atom.str === entry.term)).toBe(true);
      expect(isThere).toBe(atoms.some((atom) => atom.sab !== sab));
    }
  });

  test("of all hides the names themselves, and some concepts wholly", async () => {
    const { entries, hidden } = await trainingLexicon(sample.store, release, { count: 60 });
    for (const { entry } of entries) expect(hidden).toContain(entry.term);
    expect(entries.filter(({ isThere }) => !isThere).length).toBeGreaterThan(5);
    expect(entries.filter(({ isThere }) => isThere).length).toBeGreaterThan(20);
  });
});

describe("a matcher", () => {
  test("is fitted on what the release gives, the same each time, and can be kept", async () => {
    const retrievers = await sample.searcher.retrievers(release);
    const options = { entries: 300, precision: 0.9 };
    const model = await trainMatcher(sample.store, release, retrievers, options);
    expect(await trainMatcher(sample.store, release, retrievers, options)).toEqual(model);
    expect(matcherModel(JSON.parse(JSON.stringify(model)), "store")).toEqual(model);
    expect(model.weights.every((weight) => weight >= 0)).toBe(true);
    expect(model.f1.precision).toBeGreaterThan(0.3);
    expect(model.origin).toContain("of sample 1");
  }, 120_000);

  test("is fitted also as if the release had none of an entry's names: its concept is found by others", async () => {
    const retrievers = await sample.searcher.retrievers(release);
    const entry = { id: "1", term: "Myocardial infarction", synonyms: [], lang: "en", line: 2, extra: {} };
    const candidates = async (unnamed: boolean) => {
      const options = { mode: "strong", filter: {}, exact: false, unnamed } as const;
      const [found] = await findCandidates(
        [entry],
        new CandidateFinder(sample.store, release, retrievers, options),
        {},
      );
      return found!;
    };
    const strings = (list: Awaited<ReturnType<typeof candidates>>) =>
      list.flatMap(({ sightings }) => sightings.map(({ string }) => normalizeText(string)));
    const [all, some] = [await candidates(false), await candidates(true)];
    expect(all.find(({ same }) => same)?.cui).toBe("C0027051");
    expect(strings(all)).toContain("myocardial infarction");
    expect(strings(some)).not.toContain("myocardial infarction");
    expect(some.every(({ same }) => same === undefined)).toBe(true);
    expect(some.map(({ cui }) => cui)).toContain("C0027051");
  });

  test("leaves out no source in turn that shares few concepts with the rest", async () => {
    const retrievers = await sample.searcher.retrievers(release);
    const { origin } = await trainMatcher(sample.store, release, retrievers, {
      entries: 100,
      precision: 0.9,
    });
    const left = origin.match(/, (\S.*) left out in turn/)?.[1]?.split(", ") ?? [];
    expect(left.length).toBeGreaterThan(0);
    for (const sab of left) {
      const { entries } = await trainingLexicon(sample.store, release, { sab, count: 60 });
      const names = entries.map(({ entry }) => entry.term);
      const known = await namedStrings(sample.store, release.strings, names, { codes: false });
      const judged = entries.filter(
        ({ isThere }, i) =>
          isThere || known[i]!.every(({ record }) => record.atoms.every((atom) => atom.sab === sab)),
      );
      const there = judged.filter(({ isThere }) => isThere);
      expect(there.length).toBeGreaterThanOrEqual(judged.length / 2);
    }
  });

  test("of another version's features is refused", () => {
    const other = { ...DEFAULT_MATCHER, features: ["something else"] };
    expect(() => matcherModel(other, "m.json")).toThrow(/m\.json holds no matcher.*calibrate-matcher/);
    expect(() => matcherModel({ ...DEFAULT_MATCHER, weights: [1] }, "m.json")).toThrow(/holds no matcher/);
  });

  test("has probabilities that hold on entries it has not seen", () => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    const examples = Array.from({ length: 2000 }, (): MatcherExample => {
      const strength = random();
      const rows = [strength, random() * 0.5].map((x) =>
        Float64Array.from(PAIR_FEATURES, (_, f) => (f === 0 ? x : 0)),
      );
      return { rows, right: random() < strength ? 0 : -1, isThere: true };
    });
    const model = fitMatcher(examples, "made up", 0.9);
    for (const { probability, right, pairs } of model.reliability)
      if (pairs > 100) expect(Math.abs(probability - right)).toBeLessThan(0.1);
    expect(model.precision.precision).toBeGreaterThan(0.8);
    expect(model.precision.recall).toBeLessThan(model.f1.recall);
  });
});
