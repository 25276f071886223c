import { describe, expect, test } from "vitest";
import { bootstrap, bootstrapMean, quantile } from "../../src/evaluation/metrics/bootstrap.ts";
import { reference } from "./support/reference-values.ts";

describe("a bootstrap interval", () => {
  test("is scipy's percentile interval but for chance", () => {
    const { values, mean, low, high } = reference.bootstrap;
    const mine = bootstrapMean(values, { resamples: 20_000 });
    expect(mine.value).toBe(mean);
    // The interval is about 0.11 wide, and moves by some 0.001 from draw to draw.
    expect(Math.abs(mine.low - low)).toBeLessThan(0.004);
    expect(Math.abs(mine.high - high)).toBeLessThan(0.004);
  });

  test("is the same for the same seed, and has no width where there is no doubt", () => {
    const values = [1, 4, 2, 8, 5, 7];
    expect(bootstrapMean(values)).toEqual(bootstrapMean(values));
    expect(bootstrapMean([3, 3, 3])).toEqual({ value: 3, low: 3, high: 3 });
  });

  test("holds the true mean about 95 times in 100", () => {
    let held = 0;
    for (let run = 0; run < 200; run++) {
      const draw = Array.from({ length: 60 }, (_, i) => Math.sin(12.9898 * (run * 60 + i + 1)) * 43758.5453);
      const { low, high } = bootstrapMean(
        draw.map((value) => value - Math.floor(value)),
        { resamples: 300, seed: run + 1 },
      );
      if (low <= 0.5 && high >= 0.5) held++;
    }
    expect(held).toBeGreaterThan(180);
    expect(held).toBeLessThan(200);
  });

  test("leaves draws out that have no value, and is nothing for nothing", () => {
    expect(bootstrap(0, () => 0)).toEqual({ value: 0, low: Number.NaN, high: Number.NaN });
    const { low } = bootstrap(2, (items) => (items[0] === items[1] ? Number.NaN : 1));
    expect(low).toBe(1);
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  });
});
