import { describe, expect, test } from "vitest";
import { binaryScores, classificationScores } from "../../src/evaluation/metrics/classification-scores.ts";
import { reference } from "./support/reference-values.ts";

const { truth, answers, report, never } = reference.classification;

describe("accuracy, precision, recall and F1", () => {
  test("are scikit-learn's, per class and averaged", () => {
    const scores = classificationScores(answers, truth);
    expect(scores.accuracy).toBeCloseTo(report.accuracy, 12);
    for (const [name, mine] of [
      ...Object.entries(scores.perClass),
      ["macro avg", scores.macro] as const,
      ["weighted avg", scores.weighted] as const,
    ]) {
      expect(mine.precision, name).toBeCloseTo(report[name]!.precision, 12);
      expect(mine.recall, name).toBeCloseTo(report[name]!.recall, 12);
      expect(mine.f1, name).toBeCloseTo(report[name]!["f1-score"], 12);
    }
  });

  test("are 0 for a class that is never answered, or never right, as with zero_division=0", () => {
    const scores = classificationScores([0, 2, 0, 2], [0, 0, 1, 1]);
    expect(scores.macro.f1).toBeCloseTo(never["macro avg"]!["f1-score"], 12);
    expect(scores.weighted.precision).toBeCloseTo(never["weighted avg"]!.precision, 12);
  });

  test("of positives are worked out by hand", () => {
    // 3 answered, 2 of them right, 4 to be found.
    const scores = binaryScores([true, true, true, false, false], [true, true, false, true, true]);
    expect(scores).toEqual({ precision: 2 / 3, recall: 0.5, f1: expect.closeTo(4 / 7, 12), support: 4 });
  });
});
