import { describe, expect, test } from "vitest";
import { type RunRecord, summarize } from "../../src/alignment/alignment-summary.ts";
import { alignmentOf, sixEntries } from "./support/hand-made.ts";

const run: RunRecord = {
  tool: { name: "termduet", version: "1.0.0" },
  date: "2026-01-01",
  lexicon: { file: "six.tsv", sha256: "0", encoding: "utf-8", rejected: 0 },
  parameters: {},
};

describe("the summary of six entries worked by hand", () => {
  const summary = summarize(alignmentOf(sixEntries()), run);

  test("counts each encoder's own ratings and those of the merge, as Table 4 does", () => {
    expect(summary.ratings).toEqual({
      "enc-a": { "0": 0, "1": 1, "2": 1, "3": 0, "4": 1, "5": 2, none: 1 },
      "enc-b": { "0": 1, "1": 0, "2": 0, "3": 1, "4": 1, "5": 2, none: 1 },
      complementarity: { "0": 0, "1": 1, "2": 0, "3": 0, "4": 1, "5": 3, none: 1 },
    });
  });

  test("says where the pairs come from", () => {
    expect(summary.sources).toEqual({ exact: 1, "enc-a": 2, "enc-b": 2, none: 1 });
  });

  test("counts agreement of concepts and of ratings among the entries that both align", () => {
    expect(summary.agreement).toMatchObject({
      compared: 5,
      sameConcept: 1,
      sameRating: 1,
      fiveTogether: 1,
      fiveApart: 0,
    });
    expect(summary.agreement.ratingPairs![5]).toEqual([0, 0, 0, 1, 0, 1]);
    expect(summary.agreement.ratingPairs!.flat().reduce((a, b) => a + b)).toBe(5);
  });

  test("says what each encoder brings that the other does not", () => {
    expect(summary.contributions).toEqual({
      "enc-a": { merged: 2, fiveAlone: 1, higherAlone: 2, fiveGained: 1 },
      "enc-b": { merged: 2, fiveAlone: 1, higherAlone: 2, fiveGained: 1 },
    });
  });

  test("names the release, the encoders and how it was made", () => {
    expect(summary).toMatchObject({
      dataset: "umls",
      release: "2024AB",
      date: "2026-01-01",
      tool: { version: "1.0.0" },
      entries: 6,
    });
    expect(summary.encoders.map(({ id, hash }) => `${id} ${hash}`)).toEqual([
      `enc-a ${"a".repeat(16)}`,
      `enc-b ${"b".repeat(16)}`,
    ]);
  });
});
