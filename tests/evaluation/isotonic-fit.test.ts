import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isotonicFit } from "../../src/evaluation/calibration/isotonic-fit.ts";
import { Calibrator } from "../../src/retrieval/rank/calibrator.ts";
import { seeded } from "../support/random-vectors.ts";

describe("an isotonic fit", () => {
  test("gives points that a calibrator takes: rising cosines, grades that never fall, at most as many as asked for", () => {
    const pair = fc.record({
      cosine: fc.double({ min: -0.2, max: 1, noNaN: true }),
      grade: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 3000 }), (pairs) => {
        const points = isotonicFit(pairs, 12);
        expect(points.length).toBeLessThanOrEqual(13);
        for (let i = 1; i < points.length; i++) {
          expect(points[i]![0]).toBeGreaterThan(points[i - 1]![0]);
          expect(points[i]![1]).toBeGreaterThanOrEqual(points[i - 1]![1]);
        }
        return new Calibrator({ id: "e", calibrator: { method: "isotonic", points } }).grade(0.5) >= 0;
      }),
      { numRuns: 40 },
    );
  });

  test("finds a rising curve again behind noise", () => {
    const random = seeded(4);
    const truth = (cosine: number): number => 5 / (1 + Math.exp(-12 * (cosine - 0.7)));
    const pairs = Array.from({ length: 20_000 }, () => {
      const cosine = random();
      return { cosine, grade: truth(cosine) + 2 * (random() - 0.5) };
    });
    const calibrator = new Calibrator({
      id: "e",
      calibrator: { method: "isotonic", points: isotonicFit(pairs) },
    });
    for (const cosine of [0.3, 0.5, 0.6, 0.7, 0.8, 0.9]) {
      expect(Math.abs(calibrator.grade(cosine) - truth(cosine))).toBeLessThan(0.3);
    }
  });
});
