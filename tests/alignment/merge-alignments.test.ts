import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeAlignments, type RatedAlignment, ratingCounts } from "../../src/alignment/merge-alignments.ts";

type Model = (RatedAlignment | undefined)[];

/** The paper's sentence, word by word: sets of alignments, taken in descending order of rating, one model then the other. */
function asThePaperSays(one: Model, other: Model): Map<number, { model: number; rating: number }> {
  const merged = new Map<number, { model: number; rating: number }>();
  for (const rating of [5, 4, 3, 2, 1, 0]) {
    for (const [model, alignments] of [one, other].entries()) {
      for (const [entry, alignment] of alignments.entries()) {
        if (alignment?.rating === rating && !merged.has(entry)) merged.set(entry, { model, rating });
      }
    }
  }
  return merged;
}

const model = (entries: number): fc.Arbitrary<Model> =>
  fc.array(
    fc.option(
      fc.record({ concept: fc.constantFrom("A", "B", "C"), rating: fc.integer({ min: 0, max: 5 }) }),
      {
        nil: undefined,
        freq: 6,
      },
    ),
    { minLength: entries, maxLength: entries },
  );
const twoModels = fc.integer({ min: 0, max: 40 }).chain((n) => fc.tuple(model(n), model(n)));

describe("the complementarity merge", () => {
  test("is the paper's, pair by pair, whatever the ratings", () => {
    fc.assert(
      fc.property(twoModels, ([one, other]) => {
        const wanted = asThePaperSays(one, other);
        const merged = mergeAlignments([one, other]);
        expect(new Map(merged.map(({ entry, model, rating }) => [entry, { model, rating }]))).toEqual(wanted);
      }),
    );
  });

  test("takes up alignments in the order of their ratings, the leading model first at each", () => {
    fc.assert(
      fc.property(twoModels, (models) => {
        const places = mergeAlignments(models).map(({ rating, model }) => (5 - rating) * 2 + model);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    );
  });

  test("includes each entry that any model aligns once, at its best rating", () => {
    fc.assert(
      fc.property(twoModels, ([one, other]) => {
        const best = one.map((a, i) => Math.max(a?.rating ?? -1, other[i]?.rating ?? -1));
        const merged = mergeAlignments([one, other]);
        expect(merged.map(({ entry }) => entry).toSorted((a, b) => a - b)).toEqual(
          best.flatMap((rating, entry) => (rating < 0 ? [] : [entry])),
        );
        for (const { entry, rating } of merged) expect(rating).toBe(best[entry]);
      }),
    );
  });

  test("gives the rows of a small Table 4 that was worked by hand", () => {
    const rated = (ratings: number[]): Model => ratings.map((rating) => ({ concept: "X", rating }));
    // Entry by entry the better of the two: 5 5 5 4 4 3 5 2 1 0.
    const one = rated([5, 5, 3, 4, 2, 3, 1, 2, 1, 0]);
    const other = rated([5, 2, 5, 3, 4, 3, 5, 0, 1, 0]);
    expect(ratingCounts(one)).toEqual([1, 2, 2, 2, 1, 2]);
    expect(ratingCounts(other)).toEqual([2, 1, 1, 2, 1, 3]);
    const merged = mergeAlignments([one, other]);
    expect(ratingCounts(merged)).toEqual([1, 1, 1, 1, 2, 4]);
    expect(merged.map(({ entry, model }) => [entry, model])).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [6, 1],
      [3, 0],
      [4, 1],
      [5, 0],
      [7, 0],
      [8, 0],
      [9, 0],
    ]);
  });

  test("keeps as many pairs as the paper's Table 4 has entries", () => {
    // The three rows of the paper; each sums to 17,394, so that the merge has one pair per entry.
    const krissbert = [186, 798, 1343, 3028, 4098, 7941];
    const sapbert = [205, 687, 1403, 2928, 4169, 8002];
    const complementarity = [0, 0, 0, 897, 5473, 11024];
    const sum = (row: number[]): number => row.reduce((a, b) => a + b);
    expect([krissbert, sapbert, complementarity].map(sum)).toEqual([17394, 17394, 17394]);
    const spread = (row: number[]): Model =>
      row.flatMap((count, rating) => Array.from({ length: count }, () => ({ concept: "X", rating })));
    const merged = mergeAlignments([spread(krissbert), spread(sapbert).reverse()]);
    expect(sum(ratingCounts(merged))).toBe(17394);
  });

  test("follows the order given for each entry where ratings are alike", () => {
    const one: Model = [
      { concept: "A", rating: 5 },
      { concept: "B", rating: 5 },
    ];
    const other: Model = [
      { concept: "C", rating: 5 },
      { concept: "D", rating: 5 },
    ];
    const merged = mergeAlignments([one, other], (entry) => (entry === 0 ? [1, 0] : [0, 1]));
    expect(merged.toSorted((a, b) => a.entry - b.entry).map(({ concept }) => concept)).toEqual(["C", "B"]);
  });
});
