import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RatingEvent, RatingsDatabase } from "../../src/review/ratings-database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("the database of ratings", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let ratings: RatingsDatabase;
  beforeEach(() => {
    folder = temporaryFolder();
    ratings = RatingsDatabase.open(join(folder.path, "ratings.sqlite"));
  });
  afterEach(() => {
    ratings[Symbol.dispose]();
    folder[Symbol.dispose]();
  });

  const event = (
    id: string,
    rating: number | null,
    changes: Partial<RatingEvent & { at: string }> = {},
  ): RatingEvent & { at: string } => ({
    id,
    entry: "E1",
    cui: "C1",
    reviewer: "Ada",
    rating,
    at: "2026-01-01T00:00:00.000Z",
    ...changes,
  });
  const current = (): unknown[] =>
    ratings.current().map(({ cui, reviewer, rating }) => [cui, reviewer, rating]);

  test("keeps the latest of each pair and reviewer", () => {
    ratings.add([
      event("a", 3),
      event("b", 5),
      event("c", 1, { reviewer: "Bob" }),
      event("d", 0, { cui: "C2" }),
    ]);
    expect(current()).toEqual([
      ["C1", "Ada", 5],
      ["C1", "Bob", 1],
      ["C2", "Ada", 0],
    ]);
    expect(ratings.current({ reviewer: "Bob" })).toHaveLength(1);
    expect(ratings.current({ entries: ["E2"] })).toEqual([]);
  });

  test("counts what is sent again once, even after another rating of the pair", () => {
    expect(ratings.add([event("a", 3)])).toEqual({ added: 1, known: 0 });
    ratings.add([event("b", 5)]);
    expect(ratings.add([event("a", 3), event("b", 5)])).toEqual({ added: 0, known: 2 });
    expect(current()).toEqual([["C1", "Ada", 5]]);
  });

  test("refuses another rating under a known id, and then keeps none of the request", () => {
    ratings.add([event("a", 3)]);
    expect(() => ratings.add([event("new", 2, { cui: "C2" }), event("a", 4)])).toThrow(/known already/);
    expect(current()).toEqual([["C1", "Ada", 3]]);
    expect(() => ratings.add([event("six", 6)])).toThrow(/CHECK/);
  });

  test("takes a rating back to what stood before, once however often it is asked", () => {
    ratings.add([event("a", 3), event("b", 5)]);
    expect(ratings.undoable("Ada", 10)).toEqual([
      { id: "b", entry: "E1", cui: "C1", previous: 3 },
      { id: "a", entry: "E1", cui: "C1", previous: null },
    ]);
    ratings.add([event("c", 3, { undoes: "b" })]);
    ratings.add([event("from another window", 3, { undoes: "b" })]);
    expect(current()).toEqual([["C1", "Ada", 3]]);
    expect(ratings.undoable("Ada", 10).map(({ id }) => id)).toEqual(["a"]);
    ratings.add([event("d", null, { undoes: "a" })]);
    expect(current()).toEqual([]);
    expect(ratings.undoable("Ada", 10)).toEqual([]);
  });

  test("does not let an older rating, read from a file, replace a newer one", () => {
    ratings.add([event("a", 3)]);
    expect(ratings.add([event("old", 1, { at: "2025-12-31T00:00:00.000Z" })])).toEqual({
      added: 1,
      known: 0,
    });
    expect(current()).toEqual([["C1", "Ada", 3]]);
  });

  test("may be open twice, and keeps its name", () => {
    using other = RatingsDatabase.open(join(folder.path, "ratings.sqlite"));
    other.add([event("a", 4)]);
    ratings.add([event("b", 2, { cui: "C2" })]);
    expect(current()).toEqual([
      ["C1", "Ada", 4],
      ["C2", "Ada", 2],
    ]);
    expect(other.id).toBe(ratings.id);
    expect(ratings.id).toMatch(/^[0-9a-f]{16}$/);
  });

  test("says so when a file is no database", () => {
    const path = join(folder.path, "text.sqlite");
    writeFileSync(path, "this is no database at all, but long enough to be taken for one".repeat(20));
    expect(() => RatingsDatabase.open(path)).toThrow(/text\.sqlite is no database of ratings/);
    expect(() => RatingsDatabase.open(join(folder.path, "nowhere", "r.sqlite"))).toThrow(
      /r\.sqlite: it can't be opened/,
    );
  });

  test("takes what a reviewer says now for what they think, although the clock was ahead before", () => {
    const ahead = new Date(Date.now() + 2 * 86_400_000).toISOString();
    ratings.add([event("a", 5, { at: ahead })]);
    const { at: _, ...now } = event("b", 1);
    ratings.add([now]);
    expect(current()).toEqual([["C1", "Ada", 1]]);
    ratings.add([event("old", 3, { at: "2020-01-01T00:00:00.000Z" })]);
    expect(current()).toEqual([["C1", "Ada", 1]]);
  });
});
