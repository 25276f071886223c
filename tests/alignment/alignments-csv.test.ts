import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { writeAlignmentsCsv } from "../../src/alignment/alignments-csv.ts";
import { listCell, safeText } from "../../src/alignment/table-file.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { aligned, alignmentOf, both, concept, lexiconEntry, sixEntries } from "./support/hand-made.ts";

function written(entries: Parameters<typeof alignmentOf>[0]): {
  text: string;
  rows: Record<string, string>[];
} {
  using folder = temporaryFolder();
  const path = join(folder.path, "alignments.csv");
  writeAlignmentsCsv(path, alignmentOf(entries));
  const text = readFileSync(path, "utf8");
  return { text, rows: parse(text, { columns: true }) };
}

describe("alignments.csv", () => {
  test("begins with the contract's columns in their order, one row per entry", () => {
    const { text, rows } = written(sixEntries());
    expect(text.split("\n")[0]).toMatch(
      /^id,term,cui,name,string,rating,source,enc-a_cosine,enc-a_rank,enc-a_rating,enc-b_cosine,enc-b_rank,enc-b_rating,/,
    );
    expect(rows.map(({ id }) => id)).toEqual(["1", "2", "3", "4", "5", "6"]);
    expect(text.endsWith("\n")).toBe(true);
    expect(text).not.toContain("\r");
  });

  test("holds the merged pair, its source and what each encoder says of that concept", () => {
    const { rows } = written(sixEntries());
    expect(rows[0]).toMatchObject({ cui: "C0027051", rating: "5", source: "exact", match_type: "exact" });
    expect(rows[1]).toMatchObject({
      term: "mal de tête",
      cui: "C0018681",
      name: "Headache",
      string: "a string",
      rating: "5",
      source: "enc-a",
      "enc-a_cosine": "0.92",
      "enc-b_rating": "2",
      match_type: "semantic",
      agreement: "false",
      "enc-b_best_cui": "C0149931",
      "enc-b_best_rating": "3",
    });
  });

  test("keeps an entry for which nothing was found, with empty cells", () => {
    const { rows } = written(sixEntries());
    expect(rows[5]).toMatchObject({ id: "6", term: "introuvable", cui: "", rating: "", source: "" });
  });

  test("carries the lexicon's own columns through, renamed where they would clash", () => {
    const entry = lexiconEntry("toux", {
      explanation: "on tousse",
      synonyms: ["a", "b"],
      extra: { Sources: "Larousse, 2024", cui: "mine", rating: "9" },
    });
    const { rows, text } = written([aligned(entry, both(concept("C1", "Cough", [5, 5])), 0)]);
    expect(text.split("\n")[0]).toMatch(/,explanation,synonyms,Sources,lexicon_cui,lexicon_rating$/);
    expect(rows[0]).toMatchObject({
      cui: "C1",
      explanation: "on tousse",
      synonyms: "a|b",
      Sources: "Larousse, 2024",
      lexicon_cui: "mine",
      lexicon_rating: "9",
    });
  });

  test("keeps quotes, commas and line breaks", () => {
    const entry = lexiconEntry('dit "le mal", ou', { extra: { Note: "une\ndeux" } });
    const { rows } = written([aligned(entry, both(concept("C1", "Cough", [5, 5])), 0)]);
    expect(rows[0]).toMatchObject({ term: 'dit "le mal", ou', Note: "une\ndeux" });
  });
});

describe("a cell of somebody else's text", () => {
  test.each(["=1+1", "+SUM(A1)", "-2+cmd|' /C calc'!A0", "@import", "\tx", "\rx", "＝1"])(
    "is no formula: %j gets an apostrophe",
    (text) => {
      expect(safeText(text)).toBe(`'${text}`);
    },
  );

  test.each(["-1.5", "+33", "-12 %", "1,234", "toux", "a=b", "", "'quoted'"])(
    "is left as it is: %j",
    (text) => {
      expect(safeText(text)).toBe(text);
    },
  );

  test("is escaped in a list where it holds the separator", () => {
    expect(listCell(["a|b", "c\\d", "e"])).toBe("a\\|b | c\\\\d | e");
  });
});
