import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pairsToRate } from "../../src/review/review-entry.ts";
import { openReviewSheet } from "../../src/review/review-sheet.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { ENCODERS, sampleConcepts, writeReviewFolder } from "./support/review-folder.ts";

const [a, b] = ENCODERS;
const concepts = sampleConcepts();

describe("a sheet for review", () => {
  test("has both encoders' candidates, the alignment's pair, and the lexicon's columns", async () => {
    using folder = temporaryFolder();
    writeReviewFolder(folder.path, 3);
    const { dataset, release, encoders, entries } = await openReviewSheet(folder.path);
    expect({ dataset, release, encoders }).toEqual({
      dataset: "sample",
      release: "1",
      encoders: [...ENCODERS],
    });
    expect(entries).toHaveLength(3);
    const [first] = entries;
    expect(first).toMatchObject({
      id: "E0",
      explanation: `What people call ${concepts[0]!.name.toLowerCase()}`,
      lang: "en",
      synonyms: ["this", "that"],
      extra: { note: "n0" },
      line: 2,
      merged: { cui: concepts[0]!.cui, rating: 4, source: a },
    });
    expect(first!.candidates[b]!.map(({ cui, rank }) => [cui, rank])).toEqual([
      [concepts[1]!.cui, 1],
      [concepts[2]!.cui, 2],
      [concepts[0]!.cui, 3],
    ]);
    expect(pairsToRate(first!)).toEqual([concepts[0]!.cui, concepts[1]!.cui]);
  });

  test("falls back to the table where there are no candidates beside it", async () => {
    using folder = temporaryFolder();
    writeReviewFolder(folder.path, 2, { candidates: false });
    const { entries } = await openReviewSheet(folder.path);
    expect(pairsToRate(entries[0]!)).toEqual([concepts[0]!.cui, concepts[1]!.cui]);
    expect(entries[0]!.candidates[b]).toMatchObject([
      { cui: concepts[1]!.cui, name: concepts[1]!.name, cosine: 0.83, rating: 3, rank: 1 },
      { cui: concepts[0]!.cui, cosine: 0.52, rating: 2, rank: 3 },
    ]);
  });

  test("reads formulas as they stood before the table made them safe", async () => {
    using folder = temporaryFolder();
    writeReviewFolder(folder.path, 1);
    const table = join(folder.path, "alignments.csv");
    writeFileSync(table, readFileSync(table, "utf8").replace(/"lay [^"]*"/, "'=SUM(A1)"));
    expect((await openReviewSheet(folder.path)).entries[0]!.term).toBe("=SUM(A1)");
  });

  test.each<[string, (folder: string) => void, RegExp]>([
    [
      "no folder of an alignment",
      (f) => rmSync(join(f, "alignments.csv")),
      /holds no alignments\.csv; give the folder/,
    ],
    [
      "a rating of 6",
      (f) => replace(f, /,4,tiny-bert/, ",6,tiny-bert"),
      /alignments\.csv, line 2: the rating must be a whole number from 0 to 5/,
    ],
    ["a missing column", (f) => replace(f, "id,term,cui", "id,term,other"), /has no column cui/],
    [
      "another table's rows",
      (f) => replace(f, /n1\n/, "n1,too,many\n"),
      /alignments\.csv is no table: .*line 3/,
    ],
    ["an id twice", (f) => replace(f, "\nE1,", "\nE0,"), /line 3: an id that is empty or comes twice/],
    [
      "a line that is no JSON",
      (f) => appendFileSync(join(f, "candidates.jsonl"), "{]\n"),
      /candidates\.jsonl, line 3: not JSON/,
    ],
    [
      "candidates of another run",
      (f) => appendFileSync(join(f, "candidates.jsonl"), '{"id":"other","candidates":{}}\n'),
      /has entries that the table has not/,
    ],
    [
      "a candidate rated 6",
      (f) => appendFileSync(join(f, "candidates.jsonl"), candidateLine({ rating: 6 })),
      /candidates\.jsonl, line 3: candidates\.x\.0\.rating/,
    ],
  ])("says what is wrong with %s", async (_, spoil, message) => {
    using folder = temporaryFolder();
    writeReviewFolder(folder.path, 2);
    spoil(folder.path);
    await expect(openReviewSheet(folder.path)).rejects.toThrow(message);
  });
});

function replace(folder: string, what: string | RegExp, by: string): void {
  const table = join(folder, "alignments.csv");
  writeFileSync(table, readFileSync(table, "utf8").replace(what, by));
}

function candidateLine(changes: object): string {
  const candidate = { cui: "C1", name: "n", string: "s", cosine: 0.5, rating: 3, rank: 1, ...changes };
  return `${JSON.stringify({ id: "E9", candidates: { x: [candidate] } })}\n`;
}
