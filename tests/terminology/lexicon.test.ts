import { describe, expect, it } from "vitest";
import { type LexiconOptions, readLexicon } from "../../src/terminology/lexicon/lexicon.ts";
import type { Reject } from "../../src/terminology/release-source.ts";
import { TempFolder } from "./support/temp-folder.ts";

async function read(name: string, content: string | Uint8Array, options?: LexiconOptions) {
  using folder = new TempFolder();
  return await readLexicon(folder.write(name, content), options);
}

describe("a lexicon", () => {
  it("is read with all of its columns", async () => {
    const content = [
      "id\tterm\texplanation\tsynonyms\tlang\tsource",
      "R1\tinfarctus du myocarde\tmort d'une partie du cœur\tcrise cardiaque | IDM||\tfr\tsite",
      "R2\tCOPD\t\t\tEN-us\t",
    ].join("\n");
    expect(await read("l.tsv", content)).toEqual([
      {
        id: "R1",
        term: "infarctus du myocarde",
        explanation: "mort d'une partie du cœur",
        synonyms: ["crise cardiaque", "IDM"],
        lang: "fr",
        line: 2,
        extra: { source: "site" },
      },
      { id: "R2", term: "COPD", synonyms: [], lang: "en", line: 3, extra: { source: "" } },
    ]);
  });

  it("is read with the authors' French headers, other columns carried through", async () => {
    const header =
      "Terme,Taux de complexité,Indice de comparaison,Explication au grand public,Taux de simplification,Sources";
    const [entry] = await read(
      "l.csv",
      `${header}\nacanthose,"0,8",2,épaississement de la peau,3,"Wikipédia, Larousse"\n`,
    );
    expect(entry).toEqual({
      id: "L000001",
      term: "acanthose",
      explanation: "épaississement de la peau",
      synonyms: [],
      line: 2,
      extra: {
        "Taux de complexité": "0,8",
        "Indice de comparaison": "2",
        "Taux de simplification": "3",
        Sources: "Wikipédia, Larousse",
      },
    });
  });

  it.each([
    ["the contract's English headers", "l.csv", "Biomedical Term,Public Explanation\nangina,chest pain\n"],
    ["headers in another case", "l.csv", "TERM,Explanation\nangina,chest pain\n"],
    ["underscores for spaces", "l.tsv", "biomedical_term\tpublic_explanation\nangina\tchest pain\n"],
    ["semicolons", "l.csv", "term;explanation\nangina;chest pain\n"],
    ["tabs in .csv", "l.csv", "term\texplanation\nangina\tchest pain\n"],
    ["a table in .txt, tabs", "l.txt", "Terme\tExplication au grand public\nangina\tchest pain\n"],
    ["a table in .txt, semicolons", "l.txt", "Terme;Explication au grand public\nangina;chest pain\n"],
    ["a byte order mark and CRLF", "l.csv", "\ufeffterm,explanation\r\nangina,chest pain\r\n"],
    [
      "accents of the header decomposed",
      "l.csv",
      "Terme,Explication au grand public,Taux de complexite\u0301\nangina,chest pain,1\n",
    ],
  ])("is read with %s", async (_, name, content) => {
    expect(await read(name, content)).toMatchObject([
      { id: "L000001", term: "angina", explanation: "chest pain" },
    ]);
  });

  it("in .txt is one term a line when its first line is no header", async () => {
    expect(await read("l.txt", "\ufeffcrise cardiaque\r\n\r\nAbdomen, Acute; severe\r\n")).toEqual([
      { id: "L000001", term: "crise cardiaque", synonyms: [], line: 1, extra: {} },
      { id: "L000002", term: "Abdomen, Acute; severe", synonyms: [], line: 3, extra: {} },
    ]);
  });

  it("in .txt passes over a header of one column", async () => {
    expect(await read("l.txt", "Terme\nangine, aiguë\n")).toMatchObject([{ term: "angine, aiguë", line: 2 }]);
  });

  it("numbers entries without an id by their rows, rejected ones among them", async () => {
    const entries = await read("l.csv", "id,term,lang\n,a,\nX,b,\n,,fr\n,,\n,d,\n");
    expect(entries.map(({ id, term }) => [id, term])).toEqual([
      ["L000001", "a"],
      ["X", "b"],
      ["L000004", "d"],
    ]);
  });

  it("rejects rows without a term, with a wrong language or number of columns, with their lines", async () => {
    const rejects: Reject[] = [];
    const content = "id,term,lang\n1,ok,fr\n2, ,fr\n3,x,not a language\n4,y\n5,z,fr,more\n";
    const entries = await read("l.csv", content, { onReject: (reject) => rejects.push(reject) });
    expect(entries).toHaveLength(1);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [3, "empty term"],
      [4, '"not a language" is no language code'],
      [5, "2 columns, the header has 3"],
      [6, "4 columns, the header has 3"],
    ]);
    expect(rejects[0]).toMatchObject({ file: expect.stringMatching(/l\.csv$/), text: "2\t \tfr" });
  });

  it.each([
    ["fr-CA", "fr"],
    ["FRE", "fr"],
    ["nb", "no"],
    ["wo", "wo"],
    ["haw", "haw"],
  ])("takes the language %s as %s", async (lang, code) => {
    expect((await read("l.csv", `term,lang\nx,${lang}\n`))[0]?.lang).toBe(code);
  });

  it("brings terms into NFC, and cells of several lines onto one", async () => {
    const [entry] = await read("l.csv", 'term,explanation\nFie\u0300vre,"one\ntwo"\n');
    expect(entry).toMatchObject({ term: "Fièvre", explanation: "one two" });
  });

  it("in Windows-1252 is read when told so", async () => {
    const content = Buffer.from("term;explanation\nc\x9cur;l\x92organe, d\xe9fini\n", "latin1");
    const [entry] = await read("l.csv", content, { encoding: "latin1" });
    expect(entry).toMatchObject({ term: "cœur", explanation: "l’organe, défini" });
  });

  it.each([
    ["another kind of file", "l.pdf", "x", /give a .*\.csv/],
    [
      "a header without a term",
      "l.csv",
      "colour,lang\nx,fr\n",
      /has no column "term" \(its first line is: colour, lang\)/,
    ],
    [
      "tabs and no header, in .txt",
      "l.txt",
      "1\theart\n",
      /has no column "term" \(its first line is: 1, heart\)/,
    ],
    ["an id that comes twice", "l.csv", "id,term\nA,x\nB,y\nA,z\n", /has the id "A" twice, on lines 2 and 4/],
    [
      "a generated id that is there already",
      "l.csv",
      "id,term\nL000002,x\n,y\n",
      /the id "L000002" twice, on lines 2 and 3/,
    ],
    ["no entry", "l.csv", "term\n", /holds no entry with a term/],
    ["nothing in it", "l.txt", "", /holds no entry with a term/],
    ["an open quote", "l.csv", 'term\nx\n"y\n', /begins at line 3 .*quote that is not closed/],
  ])("is an error with %s", async (_, name, content, message) => {
    await expect(read(name, content)).rejects.toThrow(message);
    await expect(read(name, content)).rejects.toMatchObject({ name: "TermduetError", code: "bad-input" });
  });

  it("is read in the encoding that it is in: UTF-16 by its mark, Windows-1252 where nothing else fits", async () => {
    const terms = async (bytes: Buffer): Promise<string[]> =>
      (await read("l.csv", bytes)).map(({ term }) => term);
    expect(await terms(Buffer.from("\ufeffterm\nfièvre\n", "utf16le"))).toEqual(["fièvre"]);
    expect(await terms(Buffer.from("term\nok\nfi\xe8vre\n", "latin1"))).toEqual(["ok", "fièvre"]);
    expect(await terms(Buffer.from("\ufeffterm\nfièvre\n"))).toEqual(["fièvre"]);
  });

  it("is an error when it is not there, or a folder", async () => {
    await expect(readLexicon("/no/such/lexicon.csv")).rejects.toMatchObject({ code: "not-found" });
    using folder = new TempFolder();
    folder.write("l.csv/x", "");
    await expect(readLexicon(`${folder.path}/l.csv`)).rejects.toThrow(/holds no MRCONSO/);
  });
});
