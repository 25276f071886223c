import { describe, expect, test } from "vitest";
import { quadraticWeightedKappa } from "../../src/evaluation/metrics/weighted-kappa.ts";

describe("kappa with quadratic weights", () => {
  test("is the published value of the anxiety data of R's package irr, kappa2(anxiety[, 1:2], 'squared') = 0.297", () => {
    const first = [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3];
    const second = [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4];
    expect(quadraticWeightedKappa(first, second)).toBeCloseTo(0.297, 3);
  });

  // sklearn.metrics.cohen_kappa_score(a, b, weights="quadratic"), scikit-learn 1.9.1
  test.each([
    [[2, 1, 3, 5, 0, 0, 4, 0, 2, 4, 0, 4], [1, 0, 1, 5, 0, 0, 3, 0, 2, 4, 0, 5], 0.9053254437869822],
    [
      [
        4, 0, 1, 5, 5, 4, 0, 4, 4, 3, 0, 1, 0, 4, 1, 2, 3, 1, 4, 0, 4, 2, 4, 5, 1, 0, 4, 4, 5, 1, 2, 0, 4, 5,
        0, 4, 0, 4, 1, 3,
      ],
      [
        5, 0, 1, 5, 5, 4, 0, 4, 4, 3, 0, 4, 0, 5, 4, 1, 1, 1, 4, 0, 4, 2, 5, 5, 1, 0, 2, 2, 5, 1, 1, 3, 4, 4,
        0, 4, 0, 5, 0, 5,
      ],
      0.8218029350104822,
    ],
  ])("is scikit-learn's", (a, b, kappa) => {
    expect(quadraticWeightedKappa(a, b)).toBeCloseTo(kappa, 12);
  });

  test("is 1 for the same, -1 for the opposite, and undefined where chance alone decides", () => {
    expect(quadraticWeightedKappa([0, 3, 5], [0, 3, 5])).toBe(1);
    expect(quadraticWeightedKappa([0, 5], [5, 0])).toBe(-1);
    expect(quadraticWeightedKappa([4, 4], [4, 4])).toBeUndefined();
    expect(quadraticWeightedKappa([], [])).toBeUndefined();
    expect(() => quadraticWeightedKappa([1], [])).toThrow(RangeError);
  });
});
