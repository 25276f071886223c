import { describe, expect, test } from "vitest";
import {
  confidence95,
  deviation,
  mean,
  pearson,
  quantile,
  spearman,
} from "../../../src/optimizer/search/statistics.ts";

// Expected values: NumPy 2.4 and SciPy 1.17 (np.std(ddof=1), np.quantile, scipy.stats.t.interval, pearsonr, spearmanr).
const A = [3.1, 4.7, 1.2, 9.9, 4.7, 6, 2.5];
const B = [1, 2, 0.5, 8, 3, 3, 2];

describe("statistics are those that NumPy and SciPy give", () => {
  test("of one list", () => {
    expect(mean(A)).toBeCloseTo(4.585714285714285, 12);
    expect(deviation(A)).toBeCloseTo(2.8369165017841533, 10);
    expect(quantile(A, 0.5)).toBe(4.7);
    expect(quantile(A, 0.95)).toBeCloseTo(8.73, 10);
    expect(confidence95(A)).toBeCloseTo(2.6237, 3);
    expect(confidence95([1])).toBe(Number.POSITIVE_INFINITY);
  });

  test("of two", () => {
    expect(pearson(A, B)).toBeCloseTo(0.9467249852057059, 10);
    expect(spearman(A, B)).toBeCloseTo(0.8991204081865278, 10);
  });
});
