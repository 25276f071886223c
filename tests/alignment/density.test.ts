import { describe, expect, test } from "vitest";
import { gaussianDensity } from "../../src/alignment/report/density.ts";

const DENSITY_OF_SCIPY = [
  0.8161226604220122, 1.1346439750946413, 0.8009604618379759, 0.522007236941852, 0.34682677968666165,
];
const BANDWIDTH_OF_SCIPY = 0.23708162099631558;

describe("a density", () => {
  test("is scipy's gaussian_kde", () => {
    // k = scipy.stats.gaussian_kde([.1, .2, .2, .5, .9]); k([0, .25, .5, .75, 1]); k.factor * std(ddof=1)
    const density = gaussianDensity([0.1, 0.2, 0.2, 0.5, 0.9], 0, 1, 5);
    expect(density.x).toEqual([0, 0.25, 0.5, 0.75, 1]);
    for (const [i, value] of DENSITY_OF_SCIPY.entries()) expect(density.y[i]).toBeCloseTo(value, 10);
    expect(density.bandwidth).toBeCloseTo(BANDWIDTH_OF_SCIPY, 12);
  });

  test("is finite where all values are the same", () => {
    for (const value of gaussianDensity([1, 1, 1], 0, 1, 20).y) expect(Number.isFinite(value)).toBe(true);
  });
});
