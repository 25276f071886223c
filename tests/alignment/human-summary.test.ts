import { describe, expect, test } from "vitest";
import { humanSummary } from "../../src/alignment/human-summary.ts";
import { sixEntries } from "./support/hand-made.ts";

/** What people say of the encoders' concepts: entry by entry, encoder a and encoder b. */
const HUMAN = [
  [5, 5],
  [2, 5],
  [4, 5],
  [0, undefined],
];

describe("the ratings of people", () => {
  test("make the paper's Table 4, and the gap to a perfect choice between the models", () => {
    const entries = sixEntries();
    for (const [i, given] of HUMAN.entries())
      for (const [encoder, rating] of given.entries())
        if (rating !== undefined) entries[i]!.best[encoder]!.human = rating;
    // By their own ratings the merge takes a, a, b: of the second entry the one that people rate 2.
    expect(humanSummary(entries, ["enc-a", "enc-b"])).toEqual({
      entries: 3,
      ratings: {
        "enc-a": [0, 0, 1, 0, 1, 1],
        "enc-b": [0, 0, 0, 0, 0, 3],
        complementarity: [0, 0, 1, 0, 0, 2],
      },
      oracle: [0, 0, 0, 0, 0, 3],
      oracleGap: 1,
    });
  });

  test("are not spoken of where there are none", () => {
    expect(humanSummary(sixEntries(), ["enc-a", "enc-b"])).toBeUndefined();
  });
});
