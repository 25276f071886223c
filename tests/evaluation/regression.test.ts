import { describe, expect, test } from "vitest";
import { fitMinMax } from "../../src/evaluation/calibration/regression/min-max.ts";
import { fitCubic, fitLinear } from "../../src/evaluation/calibration/regression/polynomial.ts";
import { fitRandomForest, fitTree } from "../../src/evaluation/calibration/regression/random-forest.ts";
import type { Regressor } from "../../src/evaluation/calibration/regression/regressor.ts";
import { fitSvr } from "../../src/evaluation/calibration/regression/support-vectors.ts";
import { reference } from "./support/reference-values.ts";

const { x, y, at, linear, cubic, svr, tree, forest } = reference.regressions;
const pairs = x.map((cosine, i) => ({ cosine, grade: y[i]! }));

function largestDifference(curve: Regressor, wanted: readonly number[]): number {
  return Math.max(...at.map((cosine, i) => Math.abs(curve(cosine) - wanted[i]!)));
}

describe("the regressions of the paper's Fig. 3", () => {
  test("linear and cubic are numpy's polyfit", () => {
    expect(largestDifference(fitLinear(pairs), linear)).toBeLessThan(1e-9);
    expect(largestDifference(fitCubic(pairs), cubic)).toBeLessThan(1e-8);
  });

  test("SVR with RBF is scikit-learn's", () => {
    expect(largestDifference(fitSvr(pairs, { tolerance: 1e-7 }), svr)).toBeLessThan(1e-5);
    expect(largestDifference(fitSvr(pairs), svr)).toBeLessThan(5e-3);
  });

  test("a regression tree is scikit-learn's", () => {
    expect(largestDifference(fitTree(pairs, 9), tree)).toBeLessThan(1e-9);
  });

  test("a random forest is scikit-learn's but for chance", () => {
    // Two forests of scikit-learn with different seeds differ by as much.
    const mine = fitRandomForest(pairs, { trees: 400, minLeaf: 9 });
    expect(largestDifference(mine, forest)).toBeLessThan(0.08);
  });

  test("min-max scaling goes from 0 at the lowest cosine to 5 at the highest", () => {
    const curve = fitMinMax([
      { cosine: 0.7, grade: 5 },
      { cosine: 0.2, grade: 5 },
    ]);
    expect([0.2, 0.45, 0.7].map(curve)).toEqual([0, expect.closeTo(2.5, 12), 5]);
  });

  test("stand a few pairs, many equal ones, and refuse pairs of one cosine", () => {
    const few = [
      { cosine: 0.1, grade: 0 },
      { cosine: 0.9, grade: 5 },
    ];
    for (const regression of [fitLinear, fitCubic, fitSvr, fitRandomForest])
      for (const list of [few, [...few, ...few, ...few, ...few, ...few, ...few]])
        for (const cosine of [0.1, 0.5, 0.9]) expect(regression(list)(cosine)).toBeTypeOf("number");
    expect(fitLinear(few)(0.5)).toBeCloseTo(2.5, 12);
    expect(() => fitLinear([few[0]!, few[0]!])).toThrow(RangeError);
  });
});
