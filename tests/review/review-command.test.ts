import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRatingsCsv } from "../../src/review/ratings-csv.ts";
import { openReviewSheet } from "../../src/review/review-sheet.ts";
import { runCli } from "../support/run-cli.ts";
import { sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { sampleConcepts, writeReviewFolder } from "./support/review-folder.ts";

describe("termduet review export and import", () => {
  const folder = temporaryFolder();
  const review = join(folder.path, "review");
  const store = `lancedb:${join(folder.path, "store")}`;
  const concepts = sampleConcepts();
  const table = join(folder.path, "ratings.csv");
  beforeAll(async () => {
    await (await sampleStore(folder.path))[Symbol.asyncDispose]();
    writeReviewFolder(review, 4);
  });
  afterAll(() => folder[Symbol.dispose]());

  test("says that there is nothing to export yet", async () => {
    const { code, stderr } = await runCli([
      "review",
      "export",
      review,
      "--out",
      join(folder.path, "x"),
      "--store",
      store,
    ]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^termduet: .* holds no ratings yet; rate with [^\n]*\n$/),
    ]);
  });

  test("refuses a table with a rating of 6 and takes nothing of it", async () => {
    writeFileSync(table, "id,cui,reviewer,rating\nE0,C1,Ada,5\nE0,C1,Ada,6\n");
    const { code, stderr } = await runCli(["review", "import", review, table]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/line 3: the rating must be a whole number from 0 to 5; nothing was imported\n$/);
  });

  test.each([
    ["E9,C1,Ada,5", /line 3: the alignment has no entry of this id/],
    ["E0,,Ada,5", /line 3: the cui is empty/],
    ["E0,C1,,5", /line 3: the reviewer must be a name/],
    ["E0,C1,Ada", /line 3: 3 columns, the header has 4/],
    ["E0,C1,Ada,5.0", /line 3: the rating must be/],
  ])("says what is wrong with the row %s", async (row, message) => {
    writeFileSync(table, `id,cui,reviewer,rating\nE0,C1,Ada,5\n${row}\n`);
    await expect(readRatingsCsv(table, await openReviewSheet(review), "")).rejects.toThrow(message);
  });

  test("takes ratings once, writes all files anew, and gives back the table it took", async () => {
    const rows = [
      ["E0", concepts[1]!.cui, "Ada", 5],
      ["E0", concepts[1]!.cui, "Bob", 5],
      ["E0", concepts[0]!.cui, "Ada", 1],
      ["E1", concepts[1]!.cui, "Ada", 3],
      ["E2", concepts[40]!.cui, "Ada", 4], // no encoder proposed it
    ];
    const at = "2026-02-03T04:05:06.000Z";
    writeFileSync(
      table,
      `id,cui,reviewer,rating,at\n${rows.map((row) => `${row.join(",")},${at}`).join("\n")}\n`,
    );
    expect((await runCli(["review", "import", review, table])).stdout).toBe(
      "5 ratings imported, 0 were known already\n",
    );
    expect((await runCli(["review", "import", review, table])).stdout).toBe(
      "0 ratings imported, 5 were known already\n",
    );
    const out = join(folder.path, "out");
    const { code, stdout, stderr } = await runCli([
      "review",
      "export",
      review,
      "--out",
      out,
      "--store",
      store,
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^5 ratings over 4 entries; now .*@3 1, @4 2, @5 1, /);
    const cells = readFileSync(join(out, "alignments.csv"), "utf8")
      .split("\n")
      .slice(1, 5)
      .map((line) => line.split(","));
    expect(cells.map((row) => [row[0], row[2], row[5], row[6]])).toEqual([
      ["E0", concepts[1]!.cui, "5", "human"],
      ["E1", concepts[1]!.cui, "3", "human"],
      ["E2", concepts[40]!.cui, "4", "human"],
      ["E3", concepts[3]!.cui, "4", "tiny-bert"],
    ]);
    expect(readFileSync(join(out, "alignments.csv"), "utf8")).toMatch(/,note\n.*,this\|that,en,n0\n/);
    const sssom = readFileSync(join(out, "alignments.sssom.tsv"), "utf8");
    expect(sssom.match(/ManualMappingCuration/g)).toHaveLength(3);
    expect(sssom).toContain("\tAda|Bob\t");
    const summary = JSON.parse(readFileSync(join(out, "summary.json"), "utf8"));
    expect(summary.parameters.review).toMatchObject({
      ratings: 5,
      agreement: [{ pairs: 1, same: 1, kappa: null }],
    });
    const again = readFileSync(join(out, "ratings.csv"), "utf8").split("\n").slice(1, -1);
    expect(again.map((line) => line.split(",").slice(0, 5).join(",")).sort()).toEqual(
      rows.map((row) => `${row.join(",")},${at}`).sort(),
    );
    const back = await runCli(["review", "import", review, join(out, "ratings.csv")]);
    expect(back.stdout).toBe("0 ratings imported, 5 were known already\n");
  });

  test("does not let another run remove the ratings", async () => {
    const { code, stderr } = await runCli([
      "review",
      "export",
      review,
      "--out",
      review,
      "--store",
      store,
      "--force",
    ]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/holds the ratings of a review, which would be lost/),
    ]);
  });

  test("names the release that the store does not hold", async () => {
    const summary = join(review, "summary.json");
    writeFileSync(summary, readFileSync(summary, "utf8").replace('"release":"1"', '"release":"2"'));
    const { code, stderr } = await runCli([
      "review",
      "export",
      review,
      "--out",
      join(folder.path, "y"),
      "--store",
      store,
    ]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/was aligned to sample 2, which .* does not hold/),
    ]);
  });
});
