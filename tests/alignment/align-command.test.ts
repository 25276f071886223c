import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { alignCommand } from "../../src/cli/commands/align-command.ts";
import { SAMPLE, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { workbook } from "../terminology/support/workbook.ts";

const folder = temporaryFolder();
const path = (name: string): string => join(folder.path, name);

beforeAll(async () => {
  await using _ = await sampleStore(folder.path);
});
afterAll(() => folder[Symbol.dispose]());

/** Runs the command in this process: what it prints, or throws. */
async function align(lexicon: string, ...options: string[]): Promise<{ stdout: string; stderr: string }> {
  const printed = { stdout: "", stderr: "" };
  using _out = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed.stdout += String(text);
    return true;
  });
  using _err = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed.stderr += String(text);
    return true;
  });
  const command = alignCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const fixed = ["--store", `lancedb:${path("store")}`, "--encoders-folder", folder.path];
  await command.parseAsync([lexicon, ...fixed, ...options], { from: "user" });
  return printed;
}

function lexicon(name: string, content: string | Uint8Array): string {
  writeFileSync(path(name), content);
  return path(name);
}

describe("termduet align", () => {
  test("aligns the sample lexicon and prints the table of ratings", async () => {
    const { stdout, stderr } = await align(join(SAMPLE, "lexicon.tsv"), "--out", path("plain"));
    expect(stdout).toMatch(/^60 entries aligned to sample 1 in /);
    expect(stdout).toMatch(/@0 +@1 +@2 +@3 +@4 +@5/);
    expect(stdout).toContain(`results are in ${path("plain")}`);
    expect(stderr).toBe("");
    expect(readdirSync(path("plain")).sort()).toEqual([
      "alignments.csv",
      "alignments.parquet",
      "alignments.rdf",
      "alignments.sssom.tsv",
      "alignments.xlsx",
      "candidates.jsonl",
      "conceptmap.json",
      "conceptmap.r5.json",
      "joined.csv",
      "report.html",
      "source_to_concept_map.csv",
      "summary.json",
      "usagi.csv",
    ]);
  });

  test("prints the summary alone with --json", async () => {
    const { stdout } = await align(
      join(SAMPLE, "lexicon.tsv"),
      "--out",
      path("json"),
      "--json",
      "--mode",
      "plain",
    );
    expect(JSON.parse(stdout)).toMatchObject({ entries: 60, mode: "plain", dataset: "sample" });
    expect(JSON.parse(readFileSync(join(path("json"), "summary.json"), "utf8"))).toMatchObject({
      entries: 60,
    });
  });

  test("reads Latin-1 when told to, and says so when it was not", async () => {
    const file = lexicon("latin1.tsv", Buffer.from("term\nfièvre\n", "latin1"));
    await expect(align(file, "--out", path("no"))).rejects.toThrow(/line 2.*--encoding latin1/);
    const { stdout } = await align(file, "--out", path("latin1"), "--encoding", "latin1");
    expect(stdout).toMatch(/^1 entries/);
    expect(readFileSync(join(path("latin1"), "alignments.csv"), "utf8")).toContain("fièvre");
  });

  test("leaves rows out that can't be read, and says which", async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `t${i}\tterm ${i}`);
    const file = lexicon("holes.tsv", `id\tterm\n${rows.join("\n")}\nx\t\n`);
    const { stderr } = await align(file, "--out", path("holes"));
    expect(stderr).toMatch(/1 rows are left out, first line 22: empty term; all are in rejects\.tsv/);
    expect(readFileSync(join(path("holes"), "rejects.tsv"), "utf8")).toContain("\t22\tempty term\t");
    expect(JSON.parse(readFileSync(join(path("holes"), "summary.json"), "utf8")).lexicon.rejected).toBe(1);
  });

  test.each([
    [
      "most rows are empty",
      "id\tterm\na\t\nb\t\nc\tx\n",
      /2 of 3 rows can't be read, first line 2: empty term/,
    ],
    ["there is no term column", "id\tcolour\na\tb\n", /no column "term"/],
    ["there is no entry", "id\tterm\n", /holds no entry with a term/],
    ["an id comes twice", "id\tterm\na\tx\na\ty\n", /"a" twice, on lines 2 and 3/],
    [
      "a cell is never closed",
      `term,explanation\nx,"${"y".repeat(200_000)}\n`,
      /explanation|quot|rows can't be read/,
    ],
  ])("stops when %s, and leaves nothing behind", async (name, content, message) => {
    const file = lexicon(`${name.replaceAll(" ", "-")}.${content.includes("\t") ? "tsv" : "csv"}`, content);
    await expect(align(file, "--out", path("wrong"))).rejects.toThrow(message);
    expect(existsSync(path("wrong"))).toBe(false);
    expect(existsSync(`${path("wrong")}.partial`)).toBe(false);
  });

  test("refuses a folder that holds files, unless it is told to replace them", async () => {
    const file = lexicon("one.tsv", "term\ntoux\n");
    await align(file, "--out", path("again"));
    await expect(align(file, "--out", path("again"))).rejects.toMatchObject({ code: "conflict" });
    await align(file, "--out", path("again"), "--force");
    expect(readdirSync(path("again"))).toHaveLength(13);
  });

  test("takes the date from SOURCE_DATE_EPOCH, so that results can be made again byte by byte", async () => {
    const file = lexicon("dated.tsv", "term\ntoux\n");
    vi.stubEnv("SOURCE_DATE_EPOCH", "1700000000");
    await align(file, "--out", path("dated"));
    vi.unstubAllEnvs();
    expect(readFileSync(join(path("dated"), "alignments.sssom.tsv"), "utf8")).toContain(
      '#mapping_date: "2023-11-14"',
    );
  });

  test("takes an Excel workbook as well as text", async () => {
    const file = lexicon(
      "sheet.xlsx",
      workbook([
        ["term", "lang"],
        ["toux", "fr"],
        ["fièvre", "fr"],
      ]),
    );
    expect((await align(file, "--out", path("sheet"))).stdout).toMatch(/^2 entries/);
  });

  test("aligns ten thousand duplicates alike, and counts them", async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => `d${i}\ttoux`);
    const file = lexicon("duplicates.tsv", `id\tterm\n${rows.join("\n")}\n`);
    const { stdout } = await align(file, "--out", path("duplicates"), "--json");
    expect(JSON.parse(stdout).statistics.duplicates).toMatchObject({ terms: 9999, entries: 9999 });
    const cuis = readFileSync(join(path("duplicates"), "alignments.csv"), "utf8")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[2]);
    expect(new Set(cuis).size).toBe(1);
  }, 60_000);

  test.each([
    ["xlsx", workbook([["colour"], ["x"]]), /no column "term"/],
    ["xlsx", "term\nx\n", /no Excel workbook/],
    ["tsv", "", /is empty|no column|holds no entry/],
    [
      "tsv",
      Buffer.concat([Buffer.from("term\ntoux\nfièvre\n"), Buffer.from("œdème aigu\né\n", "latin1")]),
      /not UTF-8 on line 4.*--encoding latin1/,
    ],
    ["csv", `term,explanation\nx,"${"y".repeat(50_000_000)}"\n`, /line 2/],
    ["tsv", `term\texplanation\nx\t${"y".repeat(50_000_000)}\n`, /line 2/],
  ])("stops with a line for a wrong .%s (%#)", async (extension, content, message) => {
    const file = lexicon(`wrong.${extension}`, content);
    const failure = align(file, "--out", path("wrong-input"));
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(/^[^\n]{1,500}$/);
    expect(existsSync(path("wrong-input"))).toBe(false);
  });

  test("reads UTF-8 with a byte order mark", async () => {
    const file = lexicon("bom.csv", "\uFEFFterm,lang\nfièvre,fr\n");
    expect((await align(file, "--out", path("bom"))).stdout).toMatch(/^1 entries/);
  });

  test("records the preprocessing, and takes steps one by one", async () => {
    const file = lexicon(
      "steps.tsv",
      "term\texplanation\tlang\nAVC\tun accident vasculaire cérébral (AVC)\tfr\n",
    );
    const { stdout } = await align(
      file,
      "--out",
      path("steps"),
      "--preprocess",
      "lower,abbreviations",
      "--json",
    );
    expect(JSON.parse(stdout).parameters).toMatchObject({
      preprocessing: ["abbreviations", "lower"],
      abbreviations: 1,
    });
    await expect(align(file, "--out", path("o"), "--preprocess", "magic")).rejects.toThrow(/none, paper/);
  });

  test("takes no concept twice with --one-to-one", async () => {
    const file = lexicon("pairs.tsv", "id\tterm\na\ttoux\nb\tla toux\nc\ttoux !\n");
    await align(file, "--out", path("pairs"), "--one-to-one", "--choose", "all");
    const rows = readFileSync(join(path("pairs"), "candidates.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    const cuis = rows.map((row) => JSON.parse(row).merged.cui);
    expect(new Set(cuis).size).toBe(3);
  });

  test("says what is wrong with an option", async () => {
    const file = lexicon("options.tsv", "term\ntoux\n");
    await expect(align(file)).rejects.toThrow(/--out/);
    await expect(align(file, "--out", path("o"), "--mode", "fast")).rejects.toThrow(/plain, strong/);
    await expect(align(file, "--out", path("o"), "--license", "CC BY")).rejects.toThrow(/IRI/);
    await expect(align(file, "--out", path("o"), "--min-rating", "6")).rejects.toThrow(/from 0 to 5/);
  });
});
