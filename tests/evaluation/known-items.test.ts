import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ASKED_AS, type AskedAs, askedAs, drawStrings } from "../../src/evaluation/datasets/known-items.ts";
import { seededRandom } from "../../src/evaluation/metrics/seeded-random.ts";
import type { StringRecord } from "../../src/terminology/concept.ts";
import { type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// The encoders are random, so that what comes first comes first by its name alone.
describe("known items of the sample release", () => {
  const folder = temporaryFolder();
  let sample: SampleStore;
  let drawn: StringRecord[];
  beforeAll(async () => {
    sample = await sampleStore(folder.path);
    drawn = await drawStrings(strings(), 600, seededRandom(1));
  });
  afterAll(async () => {
    await sample[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  async function* strings(): AsyncGenerator<StringRecord> {
    const release = await sample.searcher.releases.resolve(undefined);
    for await (const part of sample.store.documents(release.strings))
      for (const { body } of part) yield JSON.parse(body) as StringRecord;
  }
  const firstShare = async (as: AskedAs): Promise<{ share: number; asked: number }> => {
    const random = seededRandom(2);
    const items = drawn.flatMap((record) => askedAs(record, as, random) ?? []);
    let first = 0;
    for (let start = 0; start < items.length; start += 100) {
      const part = items.slice(start, start + 100);
      const responses = await sample.searcher.search({ queries: part.map(({ query }) => query), k: 1 });
      first += responses.filter(({ results }, i) => part[i]!.cuis.has(results[0]?.cui ?? "")).length;
    }
    return { share: first / items.length, asked: items.length };
  };

  test("are drawn each once, as many as asked for, and the same for the same seed", async () => {
    expect(new Set(drawn.map(({ text }) => text)).size).toBe(600);
    expect(await drawStrings(strings(), 600, seededRandom(1))).toEqual(drawn);
    expect(await drawStrings(strings(), 600, seededRandom(3))).not.toEqual(drawn);
  });

  test.each(["name", "writing", "order", "code", "cui"] as const)(
    "come first when asked for by %s",
    async (as) => {
      const { share, asked } = await firstShare(as);
      expect(asked).toBeGreaterThan(50);
      expect(share).toBeGreaterThanOrEqual(0.99);
    },
  );

  test("come first for most of their misspellings", async () => {
    const { share, asked } = await firstShare("typo");
    expect(asked).toBeGreaterThan(100);
    // Two letters that changed places are two typos to the store, which a word of six or seven letters may not have.
    expect(share).toBeGreaterThan(0.8);
  });

  test("are never asked for in a way that is their own name", () => {
    const random = seededRandom(4);
    for (const record of drawn)
      for (const as of ASKED_AS)
        if (as !== "name") expect(askedAs(record, as, random)?.query).not.toBe(record.text);
  });
});
