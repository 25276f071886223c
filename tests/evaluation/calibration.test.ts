import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CALIBRATION_METHODS,
  calibratorPoints,
  crossValidated,
  fitCalibrators,
} from "../../src/evaluation/calibration/fit-calibrator.ts";
import { seededRandom } from "../../src/evaluation/metrics/seeded-random.ts";
import { Calibrator } from "../../src/retrieval/rank/calibrator.ts";

/** Grades that rise with the cosine along a curve that no line and no cubic can follow. */
function noisyPairs(count: number): { cosine: number; grade: number }[] {
  const random = seededRandom(5);
  return Array.from({ length: count }, () => {
    const cosine = 0.2 + 0.75 * random();
    const mean = 5 / (1 + Math.exp(-40 * (cosine - 0.75)));
    return { cosine, grade: Math.round(Math.max(0, Math.min(5, mean + random() - 0.5))) };
  });
}

describe("calibrators", () => {
  test("of every method are points that a search takes: rising cosines, grades from 0 to 5 that never fall", () => {
    const pair = fc.record({
      cosine: fc.double({ min: -0.3, max: 1, noNaN: true }),
      grade: fc.integer({ min: 0, max: 5 }),
    });
    const lists = fc.array(pair, { minLength: 2, maxLength: 200 }).filter((pairs) => {
      const cosines = pairs.map(({ cosine }) => cosine);
      return Math.max(...cosines) - Math.min(...cosines) > 1e-3;
    });
    fc.assert(
      fc.property(lists, fc.constantFrom(...CALIBRATION_METHODS), (pairs, method) => {
        const points = calibratorPoints(pairs, method);
        for (let i = 1; i < points.length; i++) {
          expect(points[i]![0]).toBeGreaterThan(points[i - 1]![0]);
          expect(points[i]![1]).toBeGreaterThanOrEqual(points[i - 1]![1]);
        }
        const grade = new Calibrator({ id: "e", calibrator: { method, points } }).grade(0.5);
        expect(grade).toBeGreaterThanOrEqual(0);
        expect(grade).toBeLessThanOrEqual(5);
      }),
      { numRuns: 150 },
    );
  });

  test("are judged on pairs that they were not fitted on", () => {
    // Grades that have nothing to do with the cosine: who is asked about what he has seen would do better than the mean.
    const random = seededRandom(3);
    const pairs = Array.from({ length: 300 }, () => ({ cosine: random(), grade: Math.floor(6 * random()) }));
    const mean = pairs.reduce((sum, { grade }) => sum + grade, 0) / pairs.length;
    const ofMean = Math.sqrt(pairs.reduce((sum, { grade }) => sum + (grade - mean) ** 2, 0) / pairs.length);
    for (const { method, rmse } of fitCalibrators(pairs)) expect(rmse, method).toBeGreaterThan(0.98 * ofMean);
  });

  test("stand in the order of their errors, and what can bend is ahead of the line, and the line of min-max", () => {
    const fitted = fitCalibrators(noisyPairs(1500));
    const errors = fitted.map(({ rmse }) => rmse);
    expect(errors).toEqual(errors.toSorted((a, b) => a - b));
    const place = (method: string): number => fitted.findIndex((fit) => fit.method === method);
    for (const method of ["isotonic", "forest", "svr"]) expect(place(method)).toBeLessThan(place("cubic"));
    expect(place("cubic")).toBeLessThan(place("linear"));
    expect(place("linear")).toBeLessThan(place("min-max"));
    for (const { sameRating, edrm, spearman } of fitted.slice(0, 3)) {
      expect(sameRating).toBeGreaterThan(0.6);
      expect(edrm).toBeGreaterThan(0.85);
      expect(spearman).toBeGreaterThan(0.7);
    }
  });

  test("leave each pair out once", () => {
    const pairs = noisyPairs(103);
    const answers = crossValidated(pairs, "linear", { folds: 5, seed: 2 });
    expect(answers).toHaveLength(103);
    expect(answers.every((answer) => answer >= 0 && answer <= 5)).toBe(true);
  });
});
