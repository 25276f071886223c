import { describe, expect, test } from "vitest";
import { worth } from "../../src/retrieval/rank/adjusted-score.ts";
import { popularityShare } from "../../src/retrieval/rank/popularity-boost.ts";
import { sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const LEG = { by: "names", weight: 0.1, usual: 1.5 } as const;
const known = (names: number) => ({ names, relations: 0 });

describe("how well a concept is known", () => {
  test("counts by what is above or below the usual, and no further than three doublings", () => {
    expect(popularityShare(LEG, known(1.5))).toBe(0);
    expect(popularityShare(LEG, known(3.5))).toBeCloseTo(0.2, 12);
    expect(popularityShare(LEG, known(0))).toBeCloseTo(-0.15, 12);
    expect(popularityShare(LEG, known(9))).toBeCloseTo(0.3, 12);
    expect(popularityShare({ ...LEG, by: "relations" }, { names: 9, relations: 2.5 })).toBeCloseTo(0.1, 12);
  });

  test("counts nothing for an encoder that does not heed it, and in a release that does not say it", () => {
    expect(popularityShare(undefined, known(9))).toBe(0);
    expect(popularityShare(LEG, undefined)).toBe(0);
  });
});

describe("what a concept's nearest string is worth", () => {
  test("is its cosine and shares of what it lacks of 1, whichever comes first", () => {
    expect(worth(0.6, [])).toBe(0.6);
    expect(worth(0.6, [0, 0])).toBe(0.6);
    expect(worth(0.6, [0.5, 0.2])).toBeCloseTo(1 - 0.4 * 0.5 * 0.8, 12);
    expect(worth(0.6, [0.2, 0.5])).toBeCloseTo(worth(0.6, [0.5, 0.2]), 12);
    expect(worth(0.6, [-0.1])).toBeCloseTo(0.56, 12);
  });

  test("never passes 1, leaves what is the same the same, and keeps the nearer of two names the nearer", () => {
    for (const shares of [[0.3, 0.9], [-0.3], [0.9, -0.3]]) {
      expect(worth(1, shares)).toBe(1);
      expect(worth(0.99, shares)).toBeLessThanOrEqual(1);
      expect(worth(0.8, shares)).toBeGreaterThan(worth(0.79, shares));
    }
  });

  test("is the cosine where float32 has rounded it past 1", () => {
    expect(worth(1.0000001, [0.5])).toBe(1.0000001);
  });
});

describe("a search by an encoder that heeds how well concepts are known", () => {
  test("ranks by string and standing together, says what standing adds or takes, and shows the string's cosine as it is", async () => {
    using folder = temporaryFolder();
    await using sample = await sampleStore(folder.path);
    const queries = ["a pain that is felt in the belly"];
    const [response] = await sample.searcher.search({ queries, k: 200, explain: true });
    const found = response!.results.map(({ cui, scores, explanation }) => {
      const [bert, xlmr] = explanation!;
      expect(bert!.standing).toBeUndefined();
      const { cosine, standing } = xlmr!;
      return { cui, cosine, standing: standing!, rank: scores["tiny-xlmr"]!.rank };
    });
    expect(Math.min(...found.map(({ standing }) => standing))).toBeLessThan(0);
    expect(Math.max(...found.map(({ standing }) => standing))).toBeGreaterThan(0);
    // The list is made in depths, each with ranks of its own; the first 20 stand in one.
    const ring = found.slice(0, 20).sort((a, b) => a.rank - b.rank);
    const worths = ring.map(({ cosine, standing }) => worth(cosine, [standing]));
    for (const [i, next] of worths.slice(1).entries()) expect(next).toBeLessThanOrEqual(worths[i]! + 1e-6);
    const cosines = ring.map(({ cosine }) => cosine);
    expect(cosines).not.toEqual(cosines.toSorted((a, b) => b - a));
  });
});
