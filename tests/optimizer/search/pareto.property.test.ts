import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareByPriority,
  dominates,
  paretoLayers,
  type Values,
} from "../../../src/optimizer/search/pareto.ts";

const OBJECTIVES = [
  { name: "accuracy", higherIsBetter: true },
  { name: "latency", higherIsBetter: false },
];
const points = fc.array(
  fc.record({ accuracy: fc.integer({ min: 0, max: 5 }), latency: fc.integer({ min: 0, max: 5 }) }),
  {
    maxLength: 25,
  },
);

/** By its definition: a point is on the front unless another is at least as good everywhere, and not equal. */
function isOnFront(point: Values, all: readonly Values[]): boolean {
  return !all.some(
    (o) =>
      o["accuracy"]! >= point["accuracy"]! &&
      o["latency"]! <= point["latency"]! &&
      (o["accuracy"] !== point["accuracy"] || o["latency"] !== point["latency"]),
  );
}

describe("the Pareto front", () => {
  test("is what its definition says, and layers hold every point once", () => {
    fc.assert(
      fc.property(points, (all) => {
        const layers = paretoLayers(all, OBJECTIVES);
        expect(layers.flat().sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
        const front = all.flatMap((p, i) => (isOnFront(p, all) ? [i] : []));
        expect((layers[0] ?? []).toSorted((a, b) => a - b)).toEqual(front);
      }),
    );
  });

  test("dominance is a strict order", () => {
    fc.assert(
      fc.property(points, (all) => {
        for (const a of all) {
          expect(dominates(a, a, OBJECTIVES)).toBe(false);
          for (const b of all)
            if (dominates(a, b, OBJECTIVES)) expect(dominates(b, a, OBJECTIVES)).toBe(false);
        }
      }),
    );
  });

  test("the first objective in which two differ decides", () => {
    const better = { accuracy: 3, latency: 9 };
    expect(compareByPriority(better, { accuracy: 2, latency: 1 }, OBJECTIVES)).toBeLessThan(0);
    expect(compareByPriority(better, { accuracy: 3, latency: 1 }, OBJECTIVES)).toBeGreaterThan(0);
    expect(compareByPriority(better, { ...better }, OBJECTIVES)).toBe(0);
  });
});
