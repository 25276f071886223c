import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { atomsIn, errorOf, readPath } from "./support/read-release.ts";
import { TempFolder } from "./support/temp-folder.ts";

async function readTable(name: string, content: string | Uint8Array) {
  using folder = new TempFolder();
  return await readPath(folder.write(name, content));
}

async function termsOf(name: string, content: string | Uint8Array): Promise<[string, string][]> {
  return atomsIn(await readTable(name, content)).map(({ cui, str }) => [cui, str]);
}

describe("a table of terms", () => {
  it("gives each row as an atom", async () => {
    const content =
      "id,term,lang,sab,tty,code\nX:1,Heart attack,en,LAY,CN,42\nX:1,Crise cardiaque,fr,LAY,,\n";
    const { rows, rejects } = await readTable("terms.csv", content);
    const common = { cui: "X:1", sab: "LAY", ts: "P", stt: "PF", isPref: true, srl: 0, suppress: "N" };
    const aui = expect.stringMatching(/^A[0-9a-f]{16}$/);
    expect(rows).toEqual([
      { kind: "atom", atom: { ...common, aui, lat: "ENG", tty: "CN", code: "42", str: "Heart attack" } },
      { kind: "atom", atom: { ...common, aui, lat: "FRE", tty: "PT", code: "X:1", str: "Crise cardiaque" } },
    ]);
    expect(rejects).toEqual([]);
  });

  it("needs no more than id and term: English, LOCAL, the id as code, the first name preferred", async () => {
    const [first, second, third] = atomsIn(await readTable("t.tsv", "id\tterm\n1\ta\n1\tb\n2\tc\n"));
    expect(first).toMatchObject({ cui: "1", lat: "ENG", sab: "LOCAL", code: "1", tty: "PT", ts: "P" });
    expect(second).toMatchObject({ cui: "1", tty: "SY", ts: "S" });
    expect(third).toMatchObject({ cui: "2", tty: "PT", ts: "P" });
  });

  it.each([
    ["a header in any case, order and spacing", "t.csv", " TERM ,Id\nheart,1\n"],
    ["a byte order mark", "t.csv", "\ufeffid,term\n1,heart\n"],
    ["a byte order mark in TSV", "t.tsv", "\ufeffid\tterm\n1\theart\n"],
    ["CRLF", "t.tsv", "id\tterm\r\n1\theart\r\n"],
    ["no newline at the end", "t.csv", "id,term\n1,heart"],
    ["empty lines", "t.csv", "id,term\n\n1,heart\n\n"],
    ["semicolons", "t.csv", "id;term\n1;heart\n"],
    ["tabs in a .csv", "t.csv", "id\tterm\n1\theart\n"],
    ["columns that are not known", "t.csv", "id,notes,term\n1,x,heart\n"],
    ["empty cells beyond the header", "t.csv", "id,term\n1,heart,,\n"],
    ["quotes in CSV", "t.csv", '"id","term"\n"1","heart"\n'],
    ["quotes that a spreadsheet put into TSV", "t.tsv", 'id\tterm\n1\t"heart"\n'],
    ["spaces around cells", "t.csv", "id,term\n 1 , heart \n"],
    ["compression", "t.csv.gz", gzipSync("id,term\n1,heart\n")],
  ])("is read with %s", async (_, name, content) => {
    expect(await termsOf(name, content)).toEqual([["1", "heart"]]);
  });

  it.each([
    ["a comma in quotes", 'id,term\n1,"Abdomen, Acute"\n', "Abdomen, Acute"],
    ["quotes in quotes", 'id,term\n1,"a ""b"" c"\n', 'a "b" c'],
    ["a quote in the middle", 'id,term\n1,5" pipe\n', '5" pipe'],
    ["a line break, as a space", 'id,term\n1,"two\r\nlines"\n', "two lines"],
    ["letters of any script", "id,term\n1,Fie\u0300vre 心 💔\n", "Fièvre 心 💔"],
  ])("keeps %s", async (_, content, term) => {
    expect(await termsOf("t.csv", content)).toEqual([["1", term]]);
  });

  it("keeps in TSV a quote that is no spreadsheet's", async () => {
    const content = 'id\tterm\n1\t"so-called" disease\n2\t5" pipe\n3\t"a ""b"""\n';
    expect((await termsOf("t.tsv", content)).map(([, term]) => term)).toEqual([
      '"so-called" disease',
      '5" pipe',
      'a "b"',
    ]);
  });

  it.each(["t.csv", "t.tsv"])(
    "rejects what it cannot read, with the line, and reads on: %s",
    async (name) => {
      const tab = name.endsWith("tsv") ? "\t" : ",";
      const rows = [
        "id,term,lang",
        "1,heart,en",
        ",no id,en",
        "2,,en",
        "3,x,klingon",
        "4",
        "5,a,b,c",
        "",
        "6,ok,FRE",
      ];
      const content = Buffer.from(
        `${rows.join("\n").replaceAll(",", tab)}\n7${tab}fi\xe8vre${tab}fr\n`,
        "latin1",
      );
      const reading = await readTable(name, content);
      expect(reading.rejects.map(({ line, reason }) => [line, reason])).toEqual([
        [3, "empty id"],
        [4, "empty term"],
        [5, 'unknown language "klingon"'],
        [6, "1 columns, the header has 3"],
        [7, "4 columns, the header has 3"],
      ]);
      expect(atomsIn(reading).map(({ cui, lat }) => [cui, lat])).toEqual([
        ["1", "ENG"],
        ["6", "FRE"],
        ["7", "FRE"],
      ]);
    },
  );

  it("counts lines through quoted line breaks", async () => {
    const content = 'id,term\r\n1,"two\r\nlines"\r\n2,"three\n\nlines"\r\n\r\n,no id\r\n';
    expect((await readTable("t.csv", content)).rejects).toMatchObject([{ line: 8, reason: "empty id" }]);
  });

  it("gives two rows that say the same the same AUI, and different rows different ones", async () => {
    const atoms = atomsIn(await readTable("t.csv", "id,term\n1,a\n2,a\n1,a\n1,b\n"));
    const [one, two, again, other] = atoms.map(({ aui }) => aui);
    expect(again).toBe(one);
    expect(new Set([one, two, other]).size).toBe(3);
  });

  it.each([
    ["no id", "t.csv", "term,lang\nheart,en\n", /has no column "id" \(its first line is: term, lang\)/],
    [
      "no header at all",
      "t.tsv",
      "1\theart\n2\tlung\n",
      /has no column "id" and "term" \(its first line is: 1, heart\)/,
    ],
    [
      "two columns of one name",
      "t.csv",
      "id,term,Term\n1,a,b\n",
      /two columns for "term": "term" and "Term"/,
    ],
    ["no row", "t.csv", "id,term\n", /holds no term/],
    ["nothing but a newline", "t.csv", "\n", /holds no term/],
    [
      "an open quote",
      "t.csv",
      'id,term\n1,a\n2,"b\n3,c\n',
      /in the record that begins at line 3 .*quote that is not closed/,
    ],
  ])("is an error with %s", async (_, name, content, message) => {
    using folder = new TempFolder();
    const error = await errorOf(folder.write(name, content));
    expect(error.code).toBe("bad-input");
    expect(error.message).toMatch(message);
  });

  it("does not swallow a file behind an open quote", async () => {
    using folder = new TempFolder();
    const content = `id,term\n1,"open\n${"2,heart\n".repeat(300_000)}`;
    expect((await errorOf(folder.write("t.csv", content))).message).toMatch(
      /line 2 \(a record of more than 1 MB\)/,
    );
  });
});
