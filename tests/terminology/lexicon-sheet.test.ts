import { describe, expect, test } from "vitest";
import { readLexicon } from "../../src/terminology/lexicon/lexicon.ts";
import type { Reject } from "../../src/terminology/release-source.ts";
import { TempFolder } from "./support/temp-folder.ts";
import { WORKBOOK_PARTS, workbook } from "./support/workbook.ts";
import { zip } from "./support/zip-writer.ts";

async function read(bytes: Buffer, rejects: Reject[] = []) {
  using folder = new TempFolder();
  return await readLexicon(folder.write("l.xlsx", bytes), { onReject: (reject) => rejects.push(reject) });
}

describe("a lexicon in an Excel workbook", () => {
  test("is read from its first sheet, with numbers as written, accents, and line numbers", async () => {
    const bytes = workbook([
      ["Terme", "Explication au grand public", "lang", "n"],
      ["œdème <aigu> & co", "de l'eau", "fr", 12.5],
      [],
      ["COPD", "", "en", 7],
    ]);
    expect(await read(bytes)).toEqual([
      {
        id: "L000001",
        term: "œdème <aigu> & co",
        explanation: "de l'eau",
        lang: "fr",
        synonyms: [],
        line: 2,
        extra: { n: "12.5" },
      },
      { id: "L000002", term: "COPD", lang: "en", synonyms: [], line: 4, extra: { n: "7" } },
    ]);
  });

  test("gives rows that can't be read by their line", async () => {
    const rejects: Reject[] = [];
    const rows = [
      ["term", "lang"],
      ["a", "français de France"],
      ["b", "fr"],
      ["", "fr"],
    ];
    expect((await read(workbook(rows), rejects)).map(({ term }) => term)).toEqual(["b"]);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, expect.stringContaining("no language code")],
      [4, "empty term"],
    ]);
  });

  test.each([
    ["no workbook", Buffer.from("term\nx\n"), /no Excel workbook that can be read .*save it again/],
    ["an empty file", Buffer.alloc(0), /no Excel workbook/],
    ["a sheet without a term column", workbook([["colour"], ["x"]]), /no column "term"/],
    ["a sheet without a row", workbook([["term"]]), /holds no entry with a term/],
  ])("says what is wrong: %s", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });

  const sheet = (content: string): Buffer =>
    zip([
      ...WORKBOOK_PARTS,
      {
        path: "xl/worksheets/sheet1.xml",
        content: `<worksheet><sheetData>${content}</sheetData></worksheet>`,
      },
    ]);

  test.each([
    [
      "one cell at the far end",
      sheet('<row r="1"><c r="XFD1048576"><v>1</v></c></row>'),
      /1048576|65536 rows/,
    ],
    [
      "more cells than memory",
      sheet('<row r="1"><c r="XFD20000"><v>1</v></c></row>'),
      /20000 rows of 16384 columns/,
    ],
    ["more rows than the reader takes", sheet("<row></row>".repeat(66_000)), /more than 65536 rows/],
    ["a bomb", sheet(" ".repeat(300 * 2 ** 20)), /unpacks to more than 256 MB/],
  ])("is refused before it is laid out where it is %s", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });
});
