import { describe, expect, test } from "vitest";
import { definitionShare } from "../../src/retrieval/match/definition-hits.ts";
import { worth } from "../../src/retrieval/rank/adjusted-score.ts";
import { type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const LEG = { collection: "c", documents: "d", from: 0.5, weight: 0.4 };

describe("what a definition is worth", () => {
  const share = (definition: number, weight = 0.4): number =>
    definitionShare({ ...LEG, weight }, { cosine: definition, text: "" });

  test("is nothing up to where it begins to count, then a share of what the name lacks of 1", () => {
    expect(worth(0.6, [share(0.2)])).toBe(0.6);
    expect(worth(0.6, [share(0.5)])).toBe(0.6);
    expect(worth(1, [share(1)])).toBe(1);
    expect(share(0.75)).toBeCloseTo(0.1, 12);
    expect(worth(0.6, [share(0.75)])).toBeCloseTo(0.6 + 0.1 * 0.4, 12);
  });

  test("never passes 1, and of two concepts that are defined alike the one with the nearer name is worth more", () => {
    for (const definition of [0.5, 0.7, 0.9]) {
      expect(worth(0.99, [share(definition, 1.5)])).toBeLessThanOrEqual(1);
      expect(worth(0.8, [share(definition, 1.5)])).toBeGreaterThan(worth(0.79, [share(definition, 1.5)]));
    }
    expect(share(1, 10)).toBe(1);
    expect(worth(0.3, [share(1, 10)])).toBe(1);
  });

  test("is nothing for an encoder that knows none, or has found none", () => {
    expect(worth(0.6, [definitionShare(undefined, { cosine: 0.9, text: "" })])).toBe(0.6);
    expect(worth(0.6, [definitionShare(LEG, undefined)])).toBe(0.6);
  });
});

describe("a search for the words of a definition", () => {
  test("says which definition is near, for the encoder that knows definitions, with its exact cosine", async () => {
    using folder = temporaryFolder();
    await using sample: SampleStore = await sampleStore(folder.path);
    const query = "The part of the trunk between chest and pelvis.";
    const [response] = await sample.searcher.search({ queries: [query], k: 200, explain: true });
    const found = response!.results.flatMap((r) => r.explanation!.map((e) => ({ cui: r.cui, ...e })));
    const own = found.find((e) => e.definition?.text === query)!;
    expect(own).toMatchObject({ cui: "C0000726", encoder: "tiny-bert" });
    expect(own.definition!.cosine).toBeCloseTo(1, 5);
    expect(found.filter((e) => e.encoder !== "tiny-bert" && e.definition)).toEqual([]);
  });

  test("gives the encoder's rank and rating by string and definition together, and the string's cosine as it is", async () => {
    using folder = temporaryFolder();
    await using sample: SampleStore = await sampleStore(folder.path);
    const [response] = await sample.searcher.search({
      queries: ["a pain that is felt in the belly"],
      k: 200,
      explain: true,
    });
    const worth = response!.results.map(({ cui, scores, explanation }) => {
      const { cosine, definition } = explanation!.find((e) => e.encoder === "tiny-bert")!;
      const share = definition ? Math.min(1, 0.3 * Math.max(0, definition.cosine - 0.5)) : 0;
      return { cui, worth: cosine + share * Math.max(0, 1 - cosine), ...scores["tiny-bert"]! };
    });
    expect(worth.some(({ cosine, worth: total }) => total > cosine)).toBe(true);
    // The list is made in depths, each with ranks of its own; the first 20 stand in one.
    const ring = worth.slice(0, 20).sort((a, b) => a.rank - b.rank);
    for (const [i, next] of ring.slice(1).entries())
      expect(next.worth).toBeLessThanOrEqual(ring[i]!.worth + 1e-6);
  });
});
