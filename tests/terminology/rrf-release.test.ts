import { describe, expect, it } from "vitest";
import { atomsIn, readPath } from "./support/read-release.ts";
import { atom, consoLine, consoLines, SMALL_RELEASE } from "./support/rrf-lines.ts";
import { TempFolder } from "./support/temp-folder.ts";

/** Reads a MRCONSO of this content. */
async function readConso(content: string | Uint8Array) {
  using folder = new TempFolder();
  return await readPath(folder.write("MRCONSO.RRF", content));
}

/** Reads a release that has, besides one atom, this table. */
async function readTable(name: string, content: string) {
  using folder = new TempFolder();
  folder.write("META/MRCONSO.RRF", `${consoLine()}\n`);
  folder.write(`META/${name}`, content);
  const { rows, rejects } = await readPath(folder.path);
  return { rows: rows.filter(({ kind }) => kind !== "atom"), rejects };
}

describe("MRCONSO", () => {
  it("gives each row as an atom, field by field", async () => {
    const values = {
      ts: "S",
      stt: "VO",
      isPref: false,
      srl: 9,
      suppress: "O",
      code: "U000001",
      lat: "GER",
    } as const;
    const { rows, rejects } = await readConso(`${consoLine(values)}\n`);
    expect(rows).toEqual([{ kind: "atom", atom: atom(values) }]);
    expect(rejects).toEqual([]);
  });

  it("reads a last line that has no newline", async () => {
    expect(atomsIn(await readConso(consoLine()))).toHaveLength(1);
  });

  it("reads lines that end in CRLF, and passes over empty ones", async () => {
    const reading = await readConso(`${consoLine()}\r\n\r\n\n${consoLine({ aui: "A2" })}\r\n`);
    expect(atomsIn(reading)).toEqual([atom(), atom({ aui: "A2" })]);
    expect(reading.rejects).toEqual([]);
  });

  it("passes over a byte order mark", async () => {
    expect(atomsIn(await readConso(`\ufeff${consoLine()}\n`))).toEqual([atom()]);
  });

  it("brings strings into Unicode NFC and trims them", async () => {
    const [decomposed] = atomsIn(
      await readConso(`${consoLine({ str: "  Fie\u0300vre ae\u0301rienne\u00a0 " })}\n`),
    );
    expect(decomposed?.str).toBe("Fièvre aérienne");
  });

  it.each([
    ["a line separator and a next-line within", "heart\u2028attack\u0085\u2029acute"],
    ["a carriage return within", "heart\rattack"],
    ["emoji outside the basic plane", "heart attack 💔 👩🏽‍⚕️"],
    ["right-to-left script", "احتشاء عضلة القلب"],
    ["Chinese", "心肌梗塞"],
    ["quotes, backslashes, tabs", 'a "quoted" \\ back\tslash'],
  ])("keeps a string with %s", async (_, str) => {
    expect(atomsIn(await readConso(`${consoLine({ str })}\n`))).toEqual([atom({ str })]);
  });

  it("keeps fields other than STR that are not ASCII", async () => {
    const values = { code: "ü-7", sab: "SRC_É", str: "plain" };
    expect(atomsIn(await readConso(`${consoLine(values)}\n`))).toEqual([atom(values)]);
  });

  it.each([
    ["too few columns", "C1|ENG|P|", "3 columns, 18 expected"],
    ["too many columns", `${consoLine()}x|`, "19 columns, 18 expected"],
    ["no closing pipe", consoLine().slice(0, -1), 'the line does not end in "|" (18 columns, 18 expected)'],
    ["an empty CUI", consoLine({ cui: "" }), "empty CUI"],
    ["an empty LAT", consoLine({ lat: "" }), "empty LAT"],
    ["an empty AUI", consoLine({ aui: "" }), "empty AUI"],
    ["an empty SAB", consoLine({ sab: "" }), "empty SAB"],
    ["an empty STR", consoLine({ str: "" }), "empty STR"],
    ["a STR of spaces", consoLine({ str: " \u00a0 " }), "empty STR"],
    ["a wrong SUPPRESS", consoLine({ suppress: "X" as "N" }), 'SUPPRESS is none of N, O, E, Y: "X"'],
    ["a SRL that is no number", consoLine({ srl: "zero" as unknown as number }), 'SRL is no number: "zero"'],
    ["an empty SRL", consoLine({ srl: "" as unknown as number }), 'SRL is no number: ""'],
  ])("rejects a row with %s, with file, line, reason and text, and reads on", async (_, line, reason) => {
    using folder = new TempFolder();
    const file = folder.write("MRCONSO.RRF", `${consoLine()}\n${line}\n${consoLine({ aui: "A3" })}\n`);
    const reading = await readPath(file);
    expect(reading.rejects).toEqual([{ file, line: 2, reason, text: line }]);
    expect(atomsIn(reading).map(({ aui }) => aui)).toEqual(["A0000001", "A3"]);
  });

  it("rejects a row that is not UTF-8 instead of replacing letters in silence", async () => {
    const latin1 = Buffer.from(`${consoLine({ str: "fièvre" })}\n`, "latin1");
    const reading = await readConso(
      Buffer.concat([Buffer.from(`${consoLine()}\n`), latin1, Buffer.from(consoLine())]),
    );
    expect(reading.rejects).toMatchObject([{ line: 2, reason: "not UTF-8" }]);
    expect(reading.rejects[0]?.text).toContain("fi\ufffdvre");
    expect(atomsIn(reading)).toHaveLength(2);
  });

  it.each([
    ["an overlong encoding", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["a sequence cut by the column's end", [0xe2, 0x82]],
  ])("rejects %s", async (_, bytes) => {
    const [before, after] = consoLine({ str: "@" }).split("@");
    const line = Buffer.concat([Buffer.from(before!), Buffer.from(bytes), Buffer.from(`${after}\n`)]);
    const reading = await readConso(Buffer.concat([Buffer.from(`${consoLine()}\n`), line]));
    expect(reading.rejects).toMatchObject([{ line: 2, reason: "not UTF-8" }]);
  });

  it("cuts the text of a reject at 2,000 characters", async () => {
    const reading = await readConso(`${consoLine()}\n${"x".repeat(5_000)}\n`);
    expect(reading.rejects[0]?.text).toBe("x".repeat(2_000));
  });

  it("gives rows in arrays of some thousands", async () => {
    using folder = new TempFolder();
    const { openRelease } = await import("../../src/terminology/open-release.ts");
    await using source = await openRelease(folder.write("MRCONSO.RRF", consoLines(20_000)));
    const sizes: number[] = [];
    for await (const rows of source.rows({ onReject: () => {} })) sizes.push(rows.length);
    expect(sizes.reduce((a, b) => a + b)).toBe(20_000);
    expect(sizes.length).toBeGreaterThan(2);
    for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...sizes)).toBeLessThan(10_000);
  });
});

describe("the tables beside MRCONSO", () => {
  it("come in the order of ranks, atoms, and what is joined to atoms", async () => {
    using folder = new TempFolder();
    for (const [name, content] of Object.entries(SMALL_RELEASE)) folder.write(name, content);
    const { rows } = await readPath(folder.path);
    expect(rows.filter(({ kind }) => kind !== "atom")).toEqual([
      { kind: "rank", rank: 400, sab: "MSH", tty: "MH" },
      { kind: "rank", rank: 300, sab: "MSH", tty: "SY" },
      { kind: "semantic-type", cui: "C0027051", tui: "T047", name: "Disease or Syndrome" },
      { kind: "definition", cui: "C0027051", sab: "MSH", text: "Necrosis of the myocardium." },
      { kind: "relation", cui: "C0027051", rel: "PAR", rela: "inverse_isa", cui2: "C0018799", sab: "MSH" },
      {
        kind: "hierarchy",
        cui: "C0027051",
        aui: "A0000001",
        sab: "MSH",
        parentAui: "A3",
        path: ["A4", "A3"],
      },
    ]);
    const kinds = rows.map(({ kind }) => kind);
    expect(kinds.indexOf("atom")).toBe(2);
    expect(kinds.lastIndexOf("atom")).toBe(3);
  });

  it("leave out suppressed definitions and relations, which are no rejects", async () => {
    const definitions = await readTable("MRDEF.RRF", "C1|A1|AT1||MSH|Old.|O||\nC1|A1|AT2||MSH|New.|N||\n");
    expect(definitions).toEqual({
      rows: [{ kind: "definition", cui: "C1", sab: "MSH", text: "New." }],
      rejects: [],
    });
    const relations = await readTable("MRREL.RRF", "C1|A1|SCUI|PAR|C2|A2|SCUI|isa|R1||MSH|MSH|||E||\n");
    expect(relations).toEqual({ rows: [], rejects: [] });
  });

  it("give a root an empty path", async () => {
    const { rows } = await readTable("MRHIER.RRF", "C1|A1|1||MSH|||||\n");
    expect(rows).toEqual([{ kind: "hierarchy", cui: "C1", aui: "A1", sab: "MSH", parentAui: "", path: [] }]);
  });

  it.each([
    ["MRRANK.RRF", "high|MSH|MH|N|", 'RANK is no number: "high"'],
    ["MRRANK.RRF", "1|MSH|MH|", "3 columns, 4 expected"],
    ["MRSTY.RRF", "|T047|B2|Disease|AT1||", "empty CUI"],
    ["MRSTY.RRF", "C1||B2|Disease|AT1||", "empty TUI"],
    ["MRDEF.RRF", "C1|A1|AT1||MSH|Text|?||", 'SUPPRESS is none of N, O, E, Y: "?"'],
    ["MRDEF.RRF", "C1|A1|AT1||MSH| |N||", "empty DEF"],
    ["MRREL.RRF", "C1|A1|SCUI|PAR||A2|SCUI|isa|R1||MSH|MSH|||N||", "empty CUI2"],
    ["MRREL.RRF", "|A1|SCUI|PAR|C2|A2|SCUI|isa|R1||MSH|MSH|||N||", "empty CUI1"],
    ["MRHIER.RRF", "C1||1||MSH|||||", "empty AUI"],
  ])("reject rows of %s: %s", async (name, line, reason) => {
    const { rejects } = await readTable(name, `${line}\n`);
    expect(rejects).toMatchObject([{ line: 1, reason, text: line }]);
    expect(rejects[0]?.file).toContain(`META/${name}`);
  });

  it("need not be there", async () => {
    using folder = new TempFolder();
    folder.write("META/MRCONSO.RRF", `${consoLine()}\n`);
    expect((await readPath(folder.path)).rows).toHaveLength(1);
  });
});
