import { describe, expect, test } from "vitest";
import { thresholdForF1, thresholdForPrecision } from "../../../src/alignment/matching/threshold.ts";

describe("the threshold of a lexicon", () => {
  test("has the highest expected F1, worked by hand", () => {
    // Taken: 1 → 2·0.9 / (1 + 1.6) = 0.69; 2 → 2·1.4 / (2 + 1.6) = 0.78; 3 → 2·1.6 / (3 + 1.6) = 0.70.
    expect(thresholdForF1([[0.9], [0.5], [0.2]])).toBe(0.5);
  });

  test("is low where all is doubtful, and high where most is sure: half of the best F1", () => {
    expect(thresholdForF1(Array.from({ length: 50 }, () => [0.3]))).toBe(0.3);
    expect(thresholdForF1([...Array.from({ length: 50 }, () => [0.95]), [0.3]])).toBe(0.95);
  });

  test("reaches the precision that is wanted, or takes nothing", () => {
    const entries = [[1], [0.9], [0.8], [0.5]];
    expect(thresholdForPrecision(entries, 0.9)).toBe(0.8);
    expect(thresholdForPrecision(entries, 0.75)).toBe(0.5);
    expect(thresholdForPrecision([[0.4], [0.3]], 0.9)).toBe(1);
  });
});
