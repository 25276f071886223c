import { describe, expect, test } from "vitest";
import {
  averagePrecision,
  isHit,
  meanAveragePrecision,
  reciprocalRank,
} from "../../src/evaluation/metrics/ranking-scores.ts";
import { reference } from "./support/reference-values.ts";

describe("rankings", () => {
  test.each(reference.averagePrecision)("have scikit-learn's average precision", ({ right, scores, ap }) => {
    const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
    const places = order.flatMap((item, place) => (right[item] ? [place + 1] : []));
    expect(averagePrecision({ places, wanted: places.length })).toBeCloseTo(ap, 12);
  });

  test("have a MAP (paper Eq. 13) that is worked out by hand", () => {
    // Right at 1 and 3 of two: (1/1 + 2/3)/2. Right at 2 of one: 1/2. One of two found, at 2: (1/2)/2. None: 0.
    const map = meanAveragePrecision([
      { places: [3, 1], wanted: 2 },
      { places: [2], wanted: 1 },
      { places: [2], wanted: 2 },
      { places: [], wanted: 1 },
    ]);
    expect(map).toBeCloseTo((5 / 6 + 0.5 + 0.25 + 0) / 4, 12);
  });

  test("have reciprocal ranks and hits", () => {
    expect([[2, 5], [1], []].map((places) => reciprocalRank({ places }))).toEqual([0.5, 1, 0]);
    expect([1, 2, 5].map((k) => isHit({ places: [2] }, k))).toEqual([false, true, true]);
  });
});
