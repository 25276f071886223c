import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { atomsIn, errorOf, readPath } from "./support/read-release.ts";
import { TempFolder } from "./support/temp-folder.ts";

const OBO = "http://purl.obolibrary.org/obo/";
const INFARCTION = {
  id: `${OBO}HP_0001658`,
  lbl: "Myocardial infarction",
  type: "CLASS",
  meta: {
    definition: { val: "Necrosis of the myocardium.", xrefs: ["HPO:probinson"] },
    synonyms: [
      { pred: "hasExactSynonym", val: "Heart attack" },
      { pred: "http://www.geneontology.org/formats/oboInOwl#hasBroadSynonym", val: "Heart disease" },
      { pred: "hasExactSynonym", val: "Crise cardiaque", lang: "fr" },
    ],
    xrefs: [{ val: "UMLS:C0027051" }],
  },
};
const EDGE = { sub: `${OBO}HP_0001658`, pred: "is_a", obj: `${OBO}HP_0001677` };

async function readGraph(content: unknown, name = "hp.json") {
  using folder = new TempFolder();
  const isRaw = typeof content === "string" || content instanceof Uint8Array;
  return await readPath(folder.write(name, isRaw ? content : JSON.stringify(content, undefined, 2)));
}

function graph(values: object): object {
  return { graphs: [{ id: `${OBO}hp.json`, ...values }] };
}

describe("an OBO graph", () => {
  it("gives labels and synonyms as atoms, then definitions, cross-references and edges", async () => {
    const { rows, rejects } = await readGraph(graph({ nodes: [INFARCTION], edges: [EDGE] }));
    const names = rows.flatMap((row) =>
      row.kind === "atom" ? [`${row.atom.tty} ${row.atom.lat} ${row.atom.str}`] : [],
    );
    expect(names).toEqual([
      "PT ENG Myocardial infarction",
      "SY ENG Heart attack",
      "SY_BROAD ENG Heart disease",
      "SY FRE Crise cardiaque",
    ]);
    expect(rows.slice(4)).toEqual([
      { kind: "definition", cui: "HP:0001658", sab: "HP", text: "Necrosis of the myocardium." },
      { kind: "relation", cui: "HP:0001658", rel: "RQ", rela: "xref", cui2: "UMLS:C0027051", sab: "HP" },
      { kind: "relation", cui: "HP:0001658", rel: "PAR", rela: "inverse_isa", cui2: "HP:0001677", sab: "HP" },
    ]);
    expect(rejects).toEqual([]);
  });

  it("gives the same atoms as the same ontology in OBO", async () => {
    const obo = `ontology: hp\n\n[Term]\nid: HP:0001658\nname: Myocardial infarction\nsynonym: "Heart attack" EXACT []\n`;
    using folder = new TempFolder();
    const fromObo = await readPath(folder.write("hp.obo", obo));
    const { synonyms } = INFARCTION.meta;
    const node = { ...INFARCTION, meta: { synonyms: synonyms.slice(0, 1) } };
    expect((await readGraph(graph({ nodes: [node] }))).rows).toEqual(fromObo.rows);
  });

  it("is read whatever the order of its keys: edges before nodes, the id last", async () => {
    const usual = await readGraph(graph({ nodes: [INFARCTION], edges: [EDGE] }));
    const odd = {
      meta: {},
      graphs: [{ edges: [EDGE], meta: { nodes: [] }, nodes: [INFARCTION], id: `${OBO}hp.json` }],
    };
    const reading = await readGraph(odd);
    expect(atomsIn(reading)).toEqual(atomsIn(usual));
    expect(new Set(reading.rows)).toEqual(new Set(usual.rows));
    expect(reading.rows.findLastIndex(({ kind }) => kind === "atom")).toBe(3);
  });

  it("takes its SAB from the ids when no graph has one", async () => {
    const [atom] = atomsIn(await readGraph({ graphs: [{ nodes: [INFARCTION] }] }));
    expect(atom?.sab).toBe("HP");
  });

  it.each([
    [`${OBO}HP_0001658`, "HP:0001658"],
    ["http://www.orpha.net/ORDO/Orphanet_558", "Orphanet:558"],
    ["http://www.ebi.ac.uk/efo/EFO_0000612", "EFO:0000612"],
    ["HP:0001658", "HP:0001658"],
    ["http://snomed.info/id/22298006", "SNOMEDCT:22298006"],
    [`${OBO}hp#some_subset`, `${OBO}hp#some_subset`],
  ])("knows %s as %s", async (id, cui) => {
    const [atom] = atomsIn(await readGraph(graph({ nodes: [{ id, lbl: "x" }] })));
    expect(atom).toMatchObject({ cui, code: cui });
  });

  it("marks deprecated nodes as obsolete, and leaves out properties, individuals and bare references", async () => {
    const nodes = [
      { id: "X:1", lbl: "old", meta: { deprecated: true } },
      { id: "X:2", lbl: "part of", type: "PROPERTY" },
      { id: "X:3", lbl: "someone", type: "INDIVIDUAL" },
      { id: "X:4", type: "CLASS" },
    ];
    const edges = [{ sub: "X:2", pred: "subPropertyOf", obj: "X:5" }];
    const { rows, rejects } = await readGraph(graph({ nodes, edges }));
    expect(rows).toMatchObject([{ kind: "atom", atom: { cui: "X:1", suppress: "O" } }]);
    expect(rejects).toEqual([]);
  });

  it("reads other edges as relations of the subject", async () => {
    const edges = [{ sub: "X:1", pred: `${OBO}BFO_0000050`, obj: "X:2" }];
    const { rows } = await readGraph(graph({ nodes: [INFARCTION], edges }));
    expect(rows.at(-1)).toEqual({
      kind: "relation",
      cui: "X:2",
      rel: "RO",
      rela: "BFO:0000050",
      cui2: "X:1",
      sab: "HP",
    });
  });

  it("rejects nodes and edges that it cannot read, with their lines, once", async () => {
    const content = `{"graphs": [{"id": "x", "nodes": [
      {"id": "X:1", "lbl": "good"},
      {"lbl": "no id"},
      7,
      {"id": "X:2", "lbl": "  "},
      {"id": "X:3", "lbl": "tongue", "meta": {"synonyms": [{"val": "x", "lang": "qqq"}, {"pred": "y"}, null]}}
    ], "edges": [
      {"sub": "X:1"}
    ]}]}`;
    const { rejects, rows } = await readGraph(content);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [3, "a node without id"],
      [4, "a node without id"],
      [5, "empty name or synonym"],
      [6, "a synonym without val"],
      [6, 'unknown language "qqq" of "x"'],
      [8, "an edge without sub, pred and obj"],
    ]);
    expect(rows).toHaveLength(2);
  });

  it("rejects a node that is not UTF-8", async () => {
    const bytes = Buffer.from(
      '{"graphs":[{"nodes":[{"id":"X:1","lbl":"ok"},{"id":"X:2","lbl":"fi\xe8vre"}]}]}',
      "latin1",
    );
    const { rejects, rows } = await readGraph(bytes);
    expect(rejects).toMatchObject([{ line: 1, reason: "not UTF-8" }]);
    expect(rows).toHaveLength(1);
  });

  it("is read compressed, and with a byte order mark", async () => {
    const json = JSON.stringify(graph({ nodes: [INFARCTION] }));
    const expected = await readGraph(json);
    expect((await readGraph(gzipSync(`\ufeff${json}`), "hp.json.gz")).rows).toEqual(expected.rows);
  });

  it("counts its bytes once, although it is read twice and more", async () => {
    const json = JSON.stringify(graph({ nodes: [INFARCTION] }));
    expect((await readGraph(json)).bytes).toBe(json.length);
  });

  it.each([
    ["JSON of another kind", '{"items": []}', /has no graphs with labelled nodes/],
    ["an array", '[{"nodes": [{"id": "x", "lbl": "y"}]}]', /has no graphs with labelled nodes/],
    ["no JSON", "hello", /is not valid JSON at line 1/],
    ["spaces", "  \n ", /holds nothing/],
    [
      "cut short",
      '{"graphs":[{"nodes":[{"id":"X:1","lbl":"a"},',
      /is cut short: the JSON ends at line 1 with 4 brackets open/,
    ],
    ["cut in a string", '{"graphs":[{"nodes":[{"id":"X:1","lb', /is cut short/],
    ["a wrong bracket", '{"graphs":[{"nodes":[}]}', /is not valid JSON at line 1 \(a bracket too many\)/],
    [
      "a broken node",
      '{"graphs":[{"nodes":[{"id":"X:1" "lbl":"a"}]}]}',
      /is not valid JSON in what begins at line 1/,
    ],
  ])("is an error when it is %s", async (_, content, message) => {
    using folder = new TempFolder();
    const error = await errorOf(folder.write("x.json", content));
    expect(error.code).toBe("bad-input");
    expect(error.message).toMatch(message);
  });
});
