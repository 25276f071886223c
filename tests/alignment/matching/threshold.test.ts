import { describe, expect, test } from "vitest";
import { thresholdForF1, thresholdForPrecision } from "../../../src/alignment/matching/threshold.ts";

describe("the threshold of a lexicon", () => {
  test("has the highest F1 of what was judged, worked by hand, and never parts what is equally sure", () => {
    const answers = [
      { probability: 0.2, isRight: false },
      { probability: 0.9, isRight: true },
      { probability: 0.5, isRight: true },
      { probability: 0.7, isRight: false },
    ];
    // Taken: 1 → 2·1 / (1 + 3) = 0.50; 2 → 2·1 / (2 + 3) = 0.40; 3 → 2·2 / (3 + 3) = 0.67; 4 → 2·2 / (4 + 3) = 0.57.
    expect(thresholdForF1(answers, 3)).toBe(0.5);
    expect(thresholdForF1([...answers, { probability: 0.9, isRight: false }], 1)).toBe(0.5);
    expect(thresholdForF1([{ probability: 0.4, isRight: false }], 1)).toBe(1);
  });

  test("reaches the precision that is wanted, or takes nothing", () => {
    const probabilities = [1, 0.9, 0.8, 0.5];
    expect(thresholdForPrecision(probabilities, 0.9)).toBe(0.8);
    expect(thresholdForPrecision(probabilities, 0.75)).toBe(0.5);
    expect(thresholdForPrecision([0.4, 0.3], 0.9)).toBe(1);
  });
});
