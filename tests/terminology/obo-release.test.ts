import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { atomsIn, errorOf, readPath } from "./support/read-release.ts";
import { TempFolder } from "./support/temp-folder.ts";

async function readObo(content: string | Uint8Array, name = "hp.obo") {
  using folder = new TempFolder();
  return await readPath(folder.write(name, content));
}

const HEADER = "format-version: 1.2\nontology: hp\n\n";

/** Names of the terms of an OBO file with this body, as `tty lat text`. */
async function namesOf(body: string): Promise<string[]> {
  return atomsIn(await readObo(`${HEADER}[Term]\nid: HP:1\n${body}\n`)).map(
    ({ tty, lat, str }) => `${tty} ${lat} ${str}`,
  );
}

describe("an OBO file", () => {
  it("gives names and synonyms as atoms, then definitions and relations", async () => {
    const { rows, rejects } = await readObo(`${HEADER}[Term]
id: HP:0001658
name: Myocardial infarction ! a comment
def: "Necrosis of the \\"myocardium\\"." [HPO:probinson] {source="x"}
synonym: "Heart attack" EXACT layperson [ORCID:1]
synonym: "MI" RELATED []
xref: UMLS:C0027051 "Myocardial infarction"
is_a: HP:0001677 {is_inferred="true"} ! Coronary artery atherosclerosis
relationship: part_of UBERON:0000948 ! heart

[Typedef]
id: part_of
name: part of
`);
    const content = {
      cui: "HP:0001658",
      sab: "HP",
      code: "HP:0001658",
      lat: "ENG",
      stt: "PF",
      isPref: true,
      srl: 0,
    };
    const anyId = expect.stringMatching(/^A[0-9a-f]{16}$/);
    const common = { ...content, aui: anyId, suppress: "N" };
    expect(rows).toEqual([
      { kind: "atom", atom: { ...common, ts: "P", tty: "PT", str: "Myocardial infarction" } },
      { kind: "atom", atom: { ...common, ts: "S", tty: "SY_LAYPERSON", str: "Heart attack" } },
      { kind: "atom", atom: { ...common, ts: "S", tty: "SY_RELATED", str: "MI" } },
      { kind: "definition", cui: "HP:0001658", sab: "HP", text: 'Necrosis of the "myocardium".' },
      { kind: "relation", cui: "HP:0001658", rel: "RQ", rela: "xref", cui2: "UMLS:C0027051", sab: "HP" },
      { kind: "relation", cui: "HP:0001658", rel: "PAR", rela: "inverse_isa", cui2: "HP:0001677", sab: "HP" },
      { kind: "relation", cui: "UBERON:0000948", rel: "RO", rela: "part_of", cui2: "HP:0001658", sab: "HP" },
    ]);
    expect(rejects).toEqual([]);
  });

  it("gives all atoms before all that is joined to them", async () => {
    const { rows } = await readObo(
      `${HEADER}[Term]\nid: HP:1\nname: a\ndef: "x" []\n\n[Term]\nid: HP:2\nname: b\nis_a: HP:1\n`,
    );
    expect(rows.map(({ kind }) => kind)).toEqual(["atom", "atom", "definition", "relation"]);
  });

  it.each([
    [
      "every scope",
      'synonym: "a" EXACT []\nsynonym: "b" BROAD []\nsynonym: "c" NARROW []\nsynonym: "d" RELATED []',
      ["SY ENG a", "SY_BROAD ENG b", "SY_NARROW ENG c", "SY_RELATED ENG d"],
    ],
    ["a synonym without a scope", 'synonym: "a" []', ["SY_RELATED ENG a"]],
    ["the tags of OBO 1.0", 'exact_synonym: "a" []\nnarrow_synonym: "b" []', ["SY ENG a", "SY_NARROW ENG b"]],
    [
      "a language in the modifiers",
      'synonym: "crise cardiaque" EXACT [] {xml:lang="fr", source="x"}',
      ["SY FRE crise cardiaque"],
    ],
    [
      "a language behind the quotes",
      'synonym: "ataque al corazón"@es EXACT []',
      ["SY SPA ataque al corazón"],
    ],
    ["a regional language", 'synonym: "ataque cardíaco"@pt-BR EXACT []', ["SY POR ataque cardíaco"]],
    ["a translated name", 'name: Heart\nname: Cœur {lang="fr"}', ["PT ENG Heart", "PT FRE Cœur"]],
    ["escapes", "name: a\\,b\\:c \\{d\\} \\! e\\W\\\\f", ["PT ENG a,b:c {d} ! e \\f"]],
    ["line breaks within, as spaces", 'synonym: "one\\ntwo\\tthree" EXACT []', ["SY ENG one two three"]],
    ["a quoted exclamation mark", 'synonym: "help ! me" EXACT [] ! comment', ["SY ENG help ! me"]],
    ["an exclamation mark in a word", "name: wow!really", ["PT ENG wow!really"]],
    ["braces of a chemical name", "name: 4-{[(2S)-x]oxy}", ["PT ENG 4-{[(2S)-x]oxy}"]],
    ["a line that goes on below", "name: one \\\ntwo", ["PT ENG one two"]],
    ["decomposed letters, composed", "name: Fie\u0300vre", ["PT ENG Fièvre"]],
    ["the name first, wherever it stands", 'synonym: "b" EXACT []\nname: a', ["PT ENG a", "SY ENG b"]],
    ["a synonym that comes twice, once", 'synonym: "a" EXACT []\nsynonym: "a" EXACT [x:1]', ["SY ENG a"]],
  ])("reads %s", async (_, body, names) => {
    expect(await namesOf(body)).toEqual(names);
  });

  it("marks the first name of each language as preferred, and a string's second atom as not", async () => {
    const reading = await readObo(
      `${HEADER}[Term]\nid: HP:1\nname: a\nsynonym: "a" EXACT []\nsynonym: "b"@fr EXACT []\nsynonym: "c"@fr EXACT []\n`,
    );
    const places = atomsIn(reading).map(({ str, tty, ts, isPref }) => [str, tty, ts, isPref]);
    expect(places).toEqual([
      ["a", "PT", "P", true],
      ["a", "SY", "S", false],
      ["b", "SY", "P", true],
      ["c", "SY", "S", true],
    ]);
  });

  it("marks obsolete terms as such", async () => {
    const [atom] = atomsIn(await readObo(`${HEADER}[Term]\nid: HP:1\nname: obsolete x\nis_obsolete: true\n`));
    expect(atom?.suppress).toBe("O");
  });

  it.each([
    ["ontology: mondo/mondo-base", "MONDO"],
    ["ontology: http://purl.obolibrary.org/obo/hp/hp-base.owl", "HP"],
    ["ontology: http://www.ebi.ac.uk/efo/efo.owl", "EFO"],
    ["format-version: 1.2", "ABC"],
  ])("takes its SAB from the header, else from the ids: %s", async (header, sab) => {
    const [atom] = atomsIn(await readObo(`${header}\n[Term]\nid: ABC:1\nname: a\n`));
    expect(atom?.sab).toBe(sab);
  });

  it("gives the same AUI to the same name, wherever it stands", async () => {
    const [first] = atomsIn(await readObo(`${HEADER}[Term]\nid: HP:1\nname: a\n`));
    const [, second] = atomsIn(
      await readObo(`${HEADER}[Term]\nid: HP:2\nname: b\n\n[Term]\nid: HP:1\nname: a\n`),
    );
    expect(second?.aui).toBe(first?.aui);
  });

  it("passes over terms that are mere references, and stanzas of other types", async () => {
    const reading = await readObo(
      `${HEADER}[Term]\nid: X:1\n\n[Instance]\nid: i\nname: no\n\n[Term]\nid: HP:1\nname: yes\n`,
    );
    expect(atomsIn(reading).map(({ str }) => str)).toEqual(["yes"]);
    expect(reading.rejects).toEqual([]);
  });

  it("rejects what it cannot read, with the line, once, and reads on", async () => {
    const body = `${HEADER}[Term]
name: no id

[Term]
id: HP:1
name: a
synonym: no quotes EXACT []
synonym: "not closed EXACT []
def: bare
nonsense
relationship: part_of
synonym: "x"@qqq EXACT []
name: fi\u00e8vre
`;
    const bytes = Buffer.from(body);
    const at = bytes.indexOf(Buffer.from("è"));
    const broken = Buffer.concat([bytes.subarray(0, at), Buffer.from([0xe8]), bytes.subarray(at + 2)]);
    const { rejects, rows } = await readObo(broken);
    const inOrder = rejects.toSorted((a, b) => a.line - b.line);
    expect(inOrder.map(({ line, reason }) => [line, reason])).toEqual([
      [4, "a [Term] without id"],
      [7, 'unknown language "qqq" of "x"'],
      [10, "synonym without a quoted text"],
      [11, expect.stringMatching(/no clear end/)],
      [12, "def without a quoted text"],
      [13, "no tag: a line of OBO is `tag: value`"],
      [14, "relationship without a target"],
    ]);
    expect(rows).toHaveLength(2);
  });

  it("is read with CRLF, with a byte order mark, without a newline at its end, and compressed", async () => {
    const plain = `${HEADER}[Term]\nid: HP:1\nname: a\nis_a: HP:2`;
    const expected = await readObo(plain);
    expect((await readObo(`\ufeff${plain.replaceAll("\n", "\r\n")}`)).rows).toEqual(expected.rows);
    expect((await readObo(gzipSync(plain), "hp.obo.gz")).rows).toEqual(expected.rows);
  });

  it("counts its bytes once, although it is read twice", async () => {
    const content = `${HEADER}[Term]\nid: HP:1\nname: abc\n`;
    expect((await readObo(content)).bytes).toBe(content.length);
  });

  it("is an error when it holds no term", async () => {
    using folder = new TempFolder();
    const error = await errorOf(folder.write("x.obo", "format-version: 1.2\n\n[Typedef]\nid: x\nname: y\n"));
    expect(error).toMatchObject({ code: "bad-input" });
    expect(error.message).toMatch(/has no \[Term\] with a name/);
  });
});
