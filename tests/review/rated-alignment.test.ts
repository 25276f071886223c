import { describe, expect, test } from "vitest";
import { summarize } from "../../src/alignment/alignment-summary.ts";
import { ratedAlignment } from "../../src/review/rated-alignment.ts";
import type { CurrentRating } from "../../src/review/ratings-database.ts";
import type { ReviewEntry } from "../../src/review/review-entry.ts";
import { RECORD } from "../search-api/support/fake-search.ts";

/** Encoder x proposes X (rated 4), encoder y proposes Y (rated 3) and, second, Z; the alignment took X. */
function entry(id: string): ReviewEntry {
  const seen = (cui: string, rating: number, rank: number) => ({
    cui,
    name: `name ${cui}`,
    string: `string ${cui}`,
    cosine: rating / 5,
    rating,
    rank,
  });
  return {
    id,
    term: id,
    synonyms: [],
    extra: {},
    line: 2,
    candidates: { x: [seen("X", 4, 1)], y: [seen("Y", 3, 1), seen("Z", 2, 2)] },
    merged: {
      cui: "X",
      name: "name X",
      string: "string X",
      rating: 4,
      source: "x",
      tier: "exact",
      accepted: true,
    },
  };
}

function rated(
  entries: ReviewEntry[],
  ratings: [entry: string, cui: string, reviewer: string, rating: number][],
) {
  const given = ratings.map(
    ([entry, cui, reviewer, rating]): CurrentRating => ({ entry, cui, reviewer, rating, at: "", id: "" }),
  );
  const sheet = { folder: "", summary: {}, encoders: ["x", "y"], entries };
  return ratedAlignment(sheet, given, RECORD, new Map());
}

const pairOf = (ratings: [cui: string, reviewer: string, rating: number][]) => {
  const { entries } = rated(
    [entry("E")],
    ratings.map(([cui, reviewer, rating]) => ["E", cui, reviewer, rating]),
  );
  const merged = entries[0]!.merged!;
  return [merged.concept.cui, merged.rating, merged.source];
};

describe("an alignment after its review", () => {
  test("stays as it was where nobody rated", () => {
    expect(pairOf([])).toEqual(["X", 4, 0]);
  });

  test("takes what people rate, however low, before what they did not", () => {
    expect(pairOf([["Y", "Ada", 2]])).toEqual(["Y", 2, "human"]);
  });

  test("takes the highest rated, the alignment's own first where they are rated alike", () => {
    expect(
      pairOf([
        ["X", "Ada", 3],
        ["Y", "Ada", 5],
      ]),
    ).toEqual(["Y", 5, "human"]);
    expect(
      pairOf([
        ["Y", "Ada", 4],
        ["X", "Ada", 4],
      ]),
    ).toEqual(["X", 4, "human"]);
    expect(
      pairOf([
        ["Q", "Ada", 5],
        ["X", "Ada", 4],
      ]),
    ).toEqual(["Q", 5, "human"]); // brought in by a reviewer
  });

  test("takes the median of several reviewers, of two the lower", () => {
    expect(
      pairOf([
        ["X", "Ada", 5],
        ["X", "Bob", 4],
      ]),
    ).toEqual(["X", 4, "human"]);
    expect(
      pairOf([
        ["X", "Ada", 5],
        ["X", "Bob", 1],
        ["X", "Cy", 4],
      ]),
    ).toEqual(["X", 4, "human"]);
  });

  test("falls back on what is not rated where all that was is rated 0, and keeps a 0 where nothing is left", () => {
    expect(pairOf([["X", "Ada", 0]])).toEqual(["Y", 3, 1]);
    expect(pairOf([["Y", "Ada", 0]])).toEqual(["X", 4, 0]);
    expect(
      pairOf([
        ["X", "Ada", 0],
        ["Y", "Ada", 0],
      ]),
    ).toEqual(["X", 0, "human"]);
  });

  test("gives Table 4 from human ratings where there are some", () => {
    const alignment = rated(
      [entry("E1"), entry("E2")],
      [
        ["E1", "X", "Ada", 5],
        ["E1", "Y", "Ada", 1],
      ],
    );
    const run = {
      tool: { name: "t", version: "1" },
      date: "2026-01-01",
      lexicon: { file: "f", sha256: "", encoding: "utf-8", rejected: 0 },
      parameters: {},
    };
    const { ratings, sources } = summarize(alignment, run);
    expect(ratings["x"]).toMatchObject({ "5": 1, "4": 1 });
    expect(ratings["y"]).toMatchObject({ "1": 1, "3": 1 });
    expect(ratings["complementarity"]).toMatchObject({ "5": 1, "4": 1 });
    expect(sources).toEqual({ exact: 0, x: 1, y: 0, none: 0, human: 1 });
  });
});
