import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oneToOne, type WeightedPair } from "../../../src/alignment/matching/one-to-one.ts";

/** The highest total weight by trying everything. */
function best(pairs: readonly WeightedPair[]): number {
  const [first, ...rest] = pairs;
  if (!first) return 0;
  const free = rest.filter((pair) => pair.entry !== first.entry && pair.concept !== first.concept);
  return Math.max(best(rest), first.weight + best(free));
}

const pairs = fc
  .uniqueArray(
    fc.record({
      entry: fc.integer({ min: 0, max: 5 }),
      concept: fc.constantFrom("A", "B", "C", "D", "E"),
      weight: fc.integer({ min: 1, max: 20 }),
    }),
    { maxLength: 12, selector: ({ entry, concept }) => `${entry} ${concept}` },
  )
  .map((list): WeightedPair[] => list);

describe("one-to-one assignment", () => {
  test("has the highest weight of all, and takes no entry or concept twice", () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const chosen = [...oneToOne(list).values()].map((place) => list[place]!);
        expect(new Set(chosen.map(({ entry }) => entry)).size).toBe(chosen.length);
        expect(new Set(chosen.map(({ concept }) => concept)).size).toBe(chosen.length);
        expect(chosen.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(best(list), 9);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("gives up an entry's best concept where that is better for both", () => {
    const list = [
      { entry: 0, concept: "A", weight: 10 },
      { entry: 0, concept: "B", weight: 9 },
      { entry: 1, concept: "A", weight: 8 },
    ];
    expect(oneToOne(list)).toEqual(
      new Map([
        [0, 1],
        [1, 2],
      ]),
    );
  });
});
