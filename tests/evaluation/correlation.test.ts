import { describe, expect, test } from "vitest";
import { pearson, ranksOf, spearman } from "../../src/evaluation/metrics/correlation.ts";
import { incompleteBeta } from "../../src/evaluation/metrics/incomplete-beta.ts";
import { reference } from "./support/reference-values.ts";

describe("correlations", () => {
  test.each(reference.correlations.map((c) => [c.a.length, c] as const))(
    "of %i pairs and their p-values are scipy's",
    (_, { a, b, pearson: p, spearman: s }) => {
      for (const [mine, [r, probability]] of [
        [pearson(a, b), p],
        [spearman(a, b), s],
      ] as const) {
        expect(mine.r).toBeCloseTo(r, 12);
        expect(Math.abs(mine.p - probability)).toBeLessThan(1e-9 * probability + Number.MIN_VALUE);
      }
    },
  );

  test.each(reference.paper)(
    "of 410 pairs with r = $r have the p-value that was published: $p",
    ({ r, p }) => {
      const probability = (rho: number): number => incompleteBeta(1 - rho * rho, 408 / 2, 0.5);
      // r is given to four digits.
      expect(p).toBeGreaterThan(probability(r + 0.00005));
      expect(p).toBeLessThan(probability(r - 0.00005));
    },
  );

  test("give equal values the mean of their ranks", () => {
    expect(ranksOf([3, 1, 3, 2, 3])).toEqual([4, 1, 4, 2, 4]);
  });

  test("are perfect, opposite, or not there", () => {
    expect(spearman([1, 2, 3, 9], [0, 5, 6, 700])).toEqual({ r: 1, p: 0 });
    expect(pearson([1, 2, 3], [3, 2, 1])).toEqual({ r: -1, p: 0 });
    expect(spearman([1, 1, 1], [1, 2, 3])).toEqual({ r: Number.NaN, p: Number.NaN });
    expect(spearman([1, 2], [1, 2])).toEqual({ r: 1, p: Number.NaN });
  });
});
