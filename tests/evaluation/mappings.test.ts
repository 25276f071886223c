import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { comparableMappings } from "../../src/evaluation/mappings/comparable.ts";
import { conceptKey } from "../../src/evaluation/mappings/concept-key.ts";
import { readMappings } from "../../src/evaluation/mappings/read-mappings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

function file(name: string, content: string | Buffer): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

/** `subject>object`, with a `?` where the file is unsure. */
async function pairs(path: string): Promise<string[]> {
  const { mappings } = await readMappings(path);
  return mappings.map(
    ({ subject, object, relation }) => `${subject}>${relation === "same" ? "" : "?"}${object}`,
  );
}

const IRI = "http://purl.obolibrary.org/obo/";

describe("identifiers of mappings", () => {
  test.each([
    [
      "Orphanet:46724",
      "http://www.orpha.net/ORDO/Orphanet_46724",
      "Orphanet_46724",
      "ORPHA:46724",
      "orphanet:46724",
    ],
    ["DOID:1816", "doid:1816", `${IRI}DOID_1816`, "http://identifiers.org/doid/DOID:1816"],
    ["NCIT:C3262", `${IRI}NCIT_C3262`, "ncit:C3262"],
    ["C0018923", "umls:C0018923", "UMLS:C0018923", "https://uts.nlm.nih.gov/uts/umls/concept/C0018923"],
    ["OBA:VT0000188", `${IRI}OBA_VT0000188`],
    ["DOID:1816", "https://w3id.org/termduet/lexicon/curie.tsv/DOID%3A1816"],
  ])("%s is the same in other writings", (key, ...writings) => {
    for (const writing of writings) expect(conceptKey(writing), writing).toBe(conceptKey(key));
  });

  test("of two sources are two, though the number is one", () => {
    const prefixes = new Map([
      ["GARD", "https://rarediseases.info.nih.gov/diseases/"],
      ["OMIM", "https://omim.org/entry/"],
    ]);
    expect(conceptKey("GARD:222100", prefixes)).not.toBe(conceptKey("OMIM:222100", prefixes));
    expect(conceptKey("http://a.org/x#1")).not.toBe(conceptKey("http://b.org/x#1"));
  });

  test("stand for what the file declares, in any case", () => {
    const prefixes = new Map([["NANDO", "http://nanbyodata.jp/ontology/NANDO_"]]);
    expect(conceptKey("NANDO:1100001", prefixes)).toBe(
      conceptKey("http://nanbyodata.jp/ontology/NANDO_1100001"),
    );
    expect(conceptKey("nando:1100001", prefixes)).toBe(
      conceptKey("http://nanbyodata.jp/ontology/NANDO_1100001"),
    );
  });

  test("that no file shares as wholes are compared by their ends, and it is said; none at all is said too", async () => {
    const anatomy = file("a.csv", "id,cui\nMA_0000001,NCI_C12345\nMA_0000002,NCI_C12346\n");
    const reference = file("r.csv", "id,cui\nhttp://mouse.owl#MA_0000001,http://human.owl#NCI_C12345\n");
    const {
      found,
      reference: other,
      keys,
      notes,
    } = comparableMappings(await readMappings(anatomy), await readMappings(reference));
    expect(found.mappings[0]).toMatchObject({
      subject: other.mappings[0]!.subject,
      object: other.mappings[0]!.object,
    });
    expect(notes).toHaveLength(2);
    // What else names them, such as an alignment's candidates, is written so for the comparison too.
    expect(keys.subject("MA_0000001")).toBe(keys.subject("http://mouse.owl#MA_0000001"));
    expect(keys.object("NCI_C12345")).toBe(keys.object("http://human.owl#NCI_C12345"));
    expect(notes[0]).toMatch(/last part.*MA_0000001.*mouse\.owl/);
    const strange = comparableMappings(
      await readMappings(anatomy),
      await readMappings(file("s.csv", "id,cui\nx,NCI_C12345\n")),
    );
    expect(strange.notes).toEqual([expect.stringMatching(/share no subject/)]);
  });
});

describe("SSSOM", () => {
  const columns = "subject_id\tpredicate_id\tobject_id\tmapping_justification";

  test("of others keeps all rows, whatever justifies them, and a broader match is not the same", async () => {
    const mixed = `#curie_map:\n#  A: http://a.org/\n#  B: http://b.org/\n${columns}
A:1\tskos:exactMatch\tB:1\tsemapv:ManualMappingCuration
A:2\tskos:exactMatch\tB:2\tsemapv:ManualMappingCuration
A:3\tskos:broadMatch\tB:3\tsemapv:CompositeMatching
`;
    expect(await pairs(file("mix.sssom.tsv", mixed))).toEqual([
      "http://a.org/1>http://b.org/1",
      "http://a.org/2>http://b.org/2",
      "http://a.org/3>?http://b.org/3",
    ]);
  });

  test("of Termduet is read by its decisions, those of people among them", async () => {
    const ours = `#mapping_tool: Termduet\nsubject_label\tpredicate_id\tobject_id\tmapping_justification\tother
fièvre\tskos:exactMatch\tUMLS:C1\tsemapv:ManualMappingCuration\tlexicon_id=1
toux\tskos:closeMatch\tUMLS:C2\tsemapv:CompositeMatching\tlexicon_id=2
toux\tskos:exactMatch\tUMLS:C9\tsemapv:SemanticSimilarityThresholdMatching\tlexicon_id=2
`;
    expect(await pairs(file("ours.sssom.tsv", ours))).toEqual(["1>C1", "2>C2"]);
  });

  test("is known by what is in it: as CSV, under other names, gzipped, as JSON, with its metadata beside it", async () => {
    const csv = "subject_id,predicate_id,object_id\nHP:0000001,skos:exactMatch,MP:0000001\n";
    const wanted = ["HP:0000001>MP:0000001"];
    expect(await pairs(file("plain.csv", csv))).toEqual(wanted);
    expect(await pairs(file("plain.txt", `#mapping_set_id: x\n${csv}`))).toEqual(wanted);
    expect(await pairs(file("plain.tsv.gz", gzipSync(csv.replaceAll(",", "\t"))))).toEqual(wanted);
    const row = {
      subject_id: "A:1",
      predicate_id: "skos:exactMatch",
      object_id: "MP:0000001",
      confidence: 0.9,
    };
    const json = { "@context": { A: `${IRI}HP_000000` }, mappings: [row] };
    expect(await pairs(file("m.json", JSON.stringify(json)))).toEqual(wanted);
    file("apart.yml", `curie_map:\n  A: "${IRI}HP_000000"\n`);
    expect(
      await pairs(file("apart.sssom.tsv", csv.replace("HP:0000001", "A:1").replaceAll(",", "\t"))),
    ).toEqual(wanted);
  });

  test("may hold bare quotes, blank lines, literal objects and mappings that do not hold", async () => {
    const text = `${columns}\tsubject_label\tobject_label\tobject_type\tpredicate_modifier
HP:0000001\tskos:exactMatch\tMP:0000001\tx\tthe "all" of it\t\t\t
HP:0000002\tskos:exactMatch\t\tx\t\t5" needle\trdfs literal\t
HP:0000003\tskos:exactMatch\tMP:0000003\tx\t\t\t\tNot

`;
    expect(await pairs(file("odd.sssom.tsv", text))).toEqual([
      "HP:0000001>MP:0000001",
      'HP:0000002>5" needle',
    ]);
  });
});

describe("other formats", () => {
  test("alignments.csv has a column source that is not its subject", async () => {
    const out = join(folder.path, "out");
    mkdirSync(out);
    writeFileSync(
      join(out, "alignments.csv"),
      "id,term,cui,name,string,rating,source,probability,accepted\n7,a,C1,A,a,5,exact,1,true\n",
    );
    expect(await pairs(out)).toEqual(["7>C1"]);
  });

  test("the OAEI's with a DOCTYPE's entities, names of Java classes for `=`, and EDOAL's simple cells", async () => {
    const cell = (one: string, two: string, relation: string): string =>
      `<map><Cell>${one}${two}<relation>${relation}</relation><measure>0.5</measure></Cell></map>`;
    const resource = (n: number, iri: string): string => `<entity${n} rdf:resource="${iri}"/>`;
    const edoal = (n: number, iri: string): string =>
      `<entity${n}><edoal:Class rdf:about="${iri}"/></entity${n}>`;
    const text = `<?xml version="1.0"?><!DOCTYPE rdf:RDF [ <!ENTITY obo "${IRI}"> ]><rdf:RDF><Alignment>
      ${cell(resource(1, "&obo;HP_0000001"), resource(2, "&obo;MP_0000001"), "=")}
      ${cell(edoal(1, `${IRI}HP_0000002`), edoal(2, `${IRI}MP_0000002`), "fr.inrialpes.exmo.align.impl.rel.EquivRelation")}
      ${cell(resource(1, `${IRI}HP_0000003`), resource(2, `${IRI}MP_0000003`), "&lt;")}</Alignment></rdf:RDF>`;
    expect(await pairs(file("o.rdf", text))).toEqual([
      "HP:0000001>MP:0000001",
      "HP:0000002>MP:0000002",
      "HP:0000003>?MP:0000003",
    ]);
  });

  test("Bio-ML's TSV, LogMap's text, Usagi's CSV and pairs without a header", async () => {
    const bioml =
      "SrcEntity\tTgtEntity\tScore\nhttp://www.orpha.net/ORDO/Orphanet_1\thttp://omim.org/2\t1.0\n";
    expect(await pairs(file("test.tsv", bioml))).toEqual(["Orphanet:1>http://omim.org/2"]);
    const logmap = `${IRI}HP_0000001|${IRI}MP_0000001|=|0.93|CLS\n${IRI}HP_0000002|${IRI}MP_0000002|<|0.5|CLS\n`;
    expect(await pairs(file("logmap.txt", logmap))).toEqual([
      "HP:0000001>MP:0000001",
      "HP:0000002>?MP:0000002",
    ]);
    const usagi =
      "sourceCode,sourceName,matchScore,mappingStatus,conceptId,conceptName\nF1,fever,0.9,APPROVED,437663,Fever\nF2,x,0.1,UNCHECKED,0,\n";
    expect(await pairs(file("usagi.csv", usagi))).toEqual(["F1>437663"]);
    expect(await pairs(file("bio.tsv", "doid:1816\tumls:C0018923\n"))).toEqual(["DOID:1816>C0018923"]);
    expect(await pairs(file("fr.csv", "id;cui;accepted\n1;C1;vrai\n2;C2;faux\n"))).toEqual(["1>C1"]);
  });
});
