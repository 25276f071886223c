import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readLexicon } from "../../src/terminology/lexicon/lexicon.ts";
import { hasPython, PYTHON, why } from "../support/python.ts";
import { atomsIn, type Reading, readPath } from "./support/read-release.ts";
import { TempFolder } from "./support/temp-folder.ts";
import { zip } from "./support/zip-writer.ts";

const NAMESPACES = `xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"
 xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:obo="http://purl.obolibrary.org/obo/" xmlns:oio="http://www.geneontology.org/formats/oboInOwl#"`;
const OBO = "http://purl.obolibrary.org/obo/";

const OWL = `<?xml version="1.0"?>
<rdf:RDF ${NAMESPACES}>
 <owl:Ontology rdf:about="${OBO}hp.owl"/>
 <owl:Class rdf:about="${OBO}HP_0001945">
  <rdfs:label xml:lang="en">Fever</rdfs:label>
  <rdfs:label xml:lang="fr">Fièvre</rdfs:label>
  <oio:hasExactSynonym>Pyrexia</oio:hasExactSynonym>
  <oio:hasRelatedSynonym>Hot &amp; sweaty</oio:hasRelatedSynonym>
  <oio:hasAlternativeId>HP:0000001</oio:hasAlternativeId>
  <obo:IAO_0000115>Elevated body temperature.</obo:IAO_0000115>
  <rdfs:subClassOf rdf:resource="${OBO}HP_0004370"/>
  <owl:disjointWith rdf:resource="${OBO}HP_0002045"/>
 </owl:Class>
 <owl:Class rdf:about="${OBO}HP_0004370"><rdfs:label>Abnormal temperature</rdfs:label></owl:Class>
 <owl:Class rdf:about="${OBO}HP_0002045"><rdfs:label>Hypothermia</rdfs:label></owl:Class>
 <owl:Class rdf:about="${OBO}HP_0009999">
  <rdfs:label>obsolete Heat</rdfs:label><owl:deprecated rdf:datatype="http://www.w3.org/2001/XMLSchema#boolean">true</owl:deprecated>
  <obo:IAO_0100001 rdf:resource="${OBO}HP_0001945"/>
 </owl:Class>
</rdf:RDF>`;

const SKOS = `@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <http://example.org/thes/> .
ex:scheme a skos:ConceptScheme .
ex:1 a skos:Concept ; skos:prefLabel "Heart"@en, "Cœur"@fr ; skos:altLabel "Cor"@la ; skos:definition "A pump."@en .
ex:2 a skos:Concept ; skos:prefLabel "Valve"@en ; skos:broader ex:1 .
`;

async function read(name: string, content: string | Uint8Array): Promise<Reading> {
  using folder = new TempFolder();
  return await readPath(folder.write(name, content));
}

async function readFolder(files: Readonly<Record<string, string>>): Promise<Reading> {
  using folder = new TempFolder();
  for (const [name, content] of Object.entries(files)) folder.write(`r/${name}`, content);
  return await readPath(`${folder.path}/r`);
}

/** Names as `id lat tty suppress: text`. */
const names = (reading: Reading): string[] =>
  atomsIn(reading)
    .map(
      ({ cui, lat, tty, suppress, str }) =>
        `${cui} ${lat} ${tty}${suppress === "N" ? "" : `!${suppress}`}: ${str}`,
    )
    .sort();
const relations = ({ rows }: Reading): string[] =>
  rows.flatMap((row) => (row.kind === "relation" ? [`${row.cui} ${row.rel} ${row.cui2}`] : [])).sort();
const aliases = ({ rows }: Reading): string[] =>
  rows.flatMap((row) => (row.kind === "alias" ? [`${row.id}→${row.cui}`] : [])).sort();
const definitions = ({ rows }: Reading): string[] =>
  rows.flatMap((row) => (row.kind === "definition" ? [`${row.cui}: ${row.text}`] : [])).sort();

describe("OWL", () => {
  it("in RDF/XML gives labels by language, synonyms, definitions, parents, what is obsolete and what took its place", async () => {
    const reading = await read("hp.owl", OWL);
    expect(reading.rejects).toEqual([]);
    expect(names(reading)).toEqual(
      expect.arrayContaining([
        "HP:0001945 ENG PT: Fever",
        "HP:0001945 FRE PT: Fièvre",
        "HP:0001945 ENG SY: Pyrexia",
        "HP:0001945 ENG SY_RELATED: Hot & sweaty",
        "HP:0004370 ENG PT: Abnormal temperature",
      ]),
    );
    expect(names(reading).filter((line) => line.includes("HP:0009999"))).toEqual([
      "HP:0009999 ENG PT!O: obsolete Heat",
    ]);
    expect(definitions(reading)).toEqual(["HP:0001945: Elevated body temperature."]);
    expect(relations(reading)).toContain("HP:0001945 PAR HP:0004370");
    expect(aliases(reading)).toEqual(
      expect.arrayContaining(["HP:0000001→HP:0001945", "HP:0009999→HP:0001945"]),
    );
  });

  it("is the same gzipped, and alone in a zip", async () => {
    const plain = names(await read("hp.owl", OWL));
    expect(names(await read("hp.owl.gz", gzipSync(OWL)))).toEqual(plain);
    expect(names(await read("hp.zip", zip([{ path: "hp.owl", content: OWL }])))).toEqual(plain);
  });

  it.skipIf(!hasPython("rdflib"))(
    `has the labels, definitions and parents that rdflib counts${why("rdflib")}`,
    async () => {
      using folder = new TempFolder();
      const path = folder.write("hp.owl", OWL);
      const script = `import rdflib,sys,json
from rdflib import RDFS,OWL,RDF
g = rdflib.Graph(); g.parse(sys.argv[1], format="xml")
c = [s for s in g.subjects(RDF.type, OWL.Class) if isinstance(s, rdflib.URIRef)]
print(json.dumps([len(c), sum(len(list(g.objects(s, RDFS.label))) for s in c), len([o for s in c for o in g.objects(s, RDFS.subClassOf)])]))`;
      const [classes, labels, parents] = JSON.parse(
        execFileSync(PYTHON, ["-c", script, path], { encoding: "utf8" }),
      );
      const reading = await readPath(path);
      expect(new Set(atomsIn(reading).map(({ cui }) => cui)).size).toBe(classes);
      expect(atomsIn(reading).filter(({ tty }) => tty === "PT")).toHaveLength(labels);
      expect(relations(reading).filter((line) => line.includes(" PAR "))).toHaveLength(parents);
    },
  );

  it("that is cut is an error with its line, and no hang", async () => {
    await expect(read("cut.owl", OWL.slice(0, 900))).rejects.toThrow(/cut\.owl/);
    await expect(read("cut.ttl", SKOS.slice(0, SKOS.indexOf("Heart") + 3))).rejects.toThrow(/cut\.ttl/);
  });

  it("is a lexicon: synonyms, the definition as explanation, parents and disjoint classes, without what is obsolete", async () => {
    using folder = new TempFolder();
    const entries = await readLexicon(folder.write("hp.owl", OWL));
    expect(entries.map(({ id }) => id).sort()).toEqual(["HP:0001945", "HP:0002045", "HP:0004370"]);
    expect(entries.find(({ id }) => id === "HP:0001945")).toMatchObject({
      term: "Fever",
      explanation: "Elevated body temperature.",
      synonyms: expect.arrayContaining(["Pyrexia"]),
      lang: "en",
      parents: ["HP:0004370"],
      extra: { name_fr: "Fièvre" },
    });
  });
});

describe("SKOS in Turtle", () => {
  it("gives concepts with their labels by language and what is broader", async () => {
    const reading = await read("t.ttl", SKOS);
    expect(names(reading).map((line) => line.replace(/^\S+\//, ""))).toEqual([
      "1 ENG PT: Heart",
      "1 FRE PT: Cœur",
      "1 LAT SY: Cor",
      "2 ENG PT: Valve",
    ]);
    expect(relations(reading)).toEqual([expect.stringMatching(/2 PAR \S*1$/)]);
    expect(definitions(reading)).toEqual([expect.stringMatching(/1: A pump\.$/)]);
  });
});

describe("SNOMED CT RF2", () => {
  const FEVER = "386661006";
  const OLD = "271897009";
  const FILES = {
    "Terminology/sct2_Concept_Snapshot_INT_20240101.txt": `id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId
${FEVER}\t20020131\t1\t900000000000207008\t900000000000074008
${OLD}\t20020131\t0\t900000000000207008\t900000000000074008
404684003\t20020131\t1\t900000000000207008\t900000000000074008
`,
    "Terminology/sct2_Description_Snapshot-en_INT_20240101.txt": `id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId
754365011\t20020131\t1\t9\t${FEVER}\ten\t900000000000003001\tFever (finding)\t9
641119010\t20020131\t1\t9\t${FEVER}\ten\t900000000000013009\tFever\t9
641120016\t20020131\t1\t9\t${FEVER}\ten\t900000000000013009\tPyrexia "high"\t9
641121017\t20020131\t0\t9\t${FEVER}\ten\t900000000000013009\tInactive name\t9
406000011\t20020131\t1\t9\t${OLD}\ten\t900000000000013009\tFever symptoms\t9
406000012\t20020131\t1\t9\t404684003\ten\t900000000000013009\tClinical finding\t9
`,
    "Terminology/sct2_Relationship_Snapshot_INT_20240101.txt": `id\teffectiveTime\tactive\tmoduleId\tsourceId\tdestinationId\trelationshipGroup\ttypeId\tcharacteristicTypeId\tmodifierId
1\t2002\t1\t9\t${FEVER}\t404684003\t0\t116680003\t9\t9
2\t2002\t0\t9\t${FEVER}\t999\t0\t116680003\t9\t9
`,
    "Refset/der2_cRefset_LanguageSnapshot-en_INT_20240101.txt": `id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\tacceptabilityId
a\t2002\t1\t9\t900000000000509007\t641119010\t900000000000548007
b\t2002\t1\t9\t900000000000509007\t641120016\t900000000000549004
c\t2002\t1\t9\t900000000000509007\t754365011\t900000000000548007
d\t2002\t1\t9\t900000000000509007\t406000011\t900000000000548007
e\t2002\t1\t9\t900000000000509007\t406000012\t900000000000548007
`,
    "Refset/der2_cRefset_AssociationSnapshot_INT_20240101.txt": `id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\ttargetComponentId
x\t2002\t1\t9\t900000000000526001\t${OLD}\t${FEVER}
`,
  };

  it("gives preferred, acceptable and fully specified names, parents, and what an inactive concept leads to", async () => {
    const reading = await readFolder(FILES);
    expect(reading.rejects).toEqual([]);
    expect(names(reading)).toEqual([
      `${OLD} ENG PT!O: Fever symptoms`,
      `${FEVER} ENG FN: Fever (finding)`,
      `${FEVER} ENG PT: Fever`,
      `${FEVER} ENG SY: Pyrexia "high"`,
      "404684003 ENG PT: Clinical finding",
    ]);
    expect(relations(reading)).toEqual([`${FEVER} PAR 404684003`]);
    expect(aliases(reading)).toEqual([`${OLD}→${FEVER}`]);
  });

  it("is read from its zip too", async () => {
    const content = zip(
      Object.entries(FILES).map(([path, text]) => ({ path: `SnomedCT/Snapshot/${path}`, content: text })),
    );
    expect(names(await read("SnomedCT_20240101.zip", content))).toHaveLength(5);
  });
});

describe("OMOP, RxNorm, LOINC, ClaML, FHIR", () => {
  it("OMOP: names and synonyms of all languages it has, without concept 0", async () => {
    const reading = await readFolder({
      "CONCEPT.csv": `concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\tvalid_start_date\tvalid_end_date\tinvalid_reason
0\tNo matching concept\tMetadata\tNone\tUndefined\t\tNo matching concept\t19700101\t20991231\t
437663\tFever\tCondition\tSNOMED\tClinical Finding\tS\t386661006\t20020131\t20991231\t
5\tOld fever\tCondition\tSNOMED\tClinical Finding\t\t271897009\t20020131\t20100101\tU
`,
      "CONCEPT_SYNONYM.csv":
        "concept_id\tconcept_synonym_name\tlanguage_concept_id\n437663\tPyrexia\t4180186\n437663\tFièvre\t4180190\n",
      "CONCEPT_RELATIONSHIP.csv":
        "concept_id_1\tconcept_id_2\trelationship_id\tvalid_start_date\tvalid_end_date\tinvalid_reason\n5\t437663\tConcept replaced by\t1\t2\t\n",
    });
    expect(names(reading)).toEqual([
      "437663 ENG PT: Fever",
      "437663 ENG SY: Pyrexia",
      "437663 FRE SY: Fièvre",
      "5 ENG PT!O: Old fever",
    ]);
    expect(aliases(reading)).toEqual(["5→437663"]);
  });

  it("RxNorm: atoms whose SRL is blank", async () => {
    const row = "161|ENG||||||8717795||161||RXNORM|IN|161|acetaminophen||N|4096|";
    const reading = await readFolder({
      "rrf/RXNCONSO.RRF": `${row}\n`,
      "rrf/RXNSTY.RRF": "161|T109|A1.4.1.2.1|Organic Chemical|||\n",
    });
    expect(reading.rejects).toEqual([]);
    expect(atomsIn(reading)).toMatchObject([
      { cui: "161", aui: "8717795", sab: "RXNORM", tty: "IN", str: "acetaminophen", srl: 0 },
    ]);
  });

  it("LOINC: long, short and consumer names, and those of linguistic variants", async () => {
    const reading = await readFolder({
      "LoincTable/Loinc.csv": `"LOINC_NUM","COMPONENT","PROPERTY","TIME_ASPCT","SYSTEM","SCALE_TYP","METHOD_TYP","STATUS","CONSUMER_NAME","SHORTNAME","LONG_COMMON_NAME","DisplayName"
"2345-7","Glucose","MCnc","Pt","Ser/Plas","Qn","","ACTIVE","Glucose, blood","Glucose SerPl-mCnc","Glucose [Mass/volume] in Serum or Plasma","Glucose"
`,
      "AccessoryFiles/LinguisticVariants/frFR8LinguisticVariant.csv": `"LOINC_NUM","COMPONENT","PROPERTY","TIME_ASPCT","SYSTEM","SCALE_TYP","METHOD_TYP","CLASS","SHORTNAME","LONG_COMMON_NAME","RELATEDNAMES2","LinguisticVariantDisplayName"
"2345-7","Glucose","Masse/Volume","Ponctuel","Sérum/Plasma","Quantitatif","","","","","","Glucose sérique"
`,
    });
    expect(names(reading)).toEqual(
      expect.arrayContaining([
        "2345-7 ENG LC: Glucose [Mass/volume] in Serum or Plasma",
        "2345-7 FRE DN: Glucose sérique",
      ]),
    );
  });

  it("ClaML: classes with their rubrics, references within them left out, superclasses", async () => {
    const reading = await read(
      "icd10.xml",
      `<?xml version="1.0" encoding="UTF-8"?><ClaML version="2.0.0"><Title name="ICD-10" version="2019">ICD-10</Title>
<Class code="R50" kind="category"><SuperClass code="R50-R69"/><Rubric kind="preferred"><Label xml:lang="en">Fever of other origin</Label></Rubric>
<Rubric kind="inclusion"><Label xml:lang="en">Pyrexia <Reference>R50.9</Reference></Label></Rubric></Class>
<Class code="R50-R69" kind="block"><SubClass code="R50"/><Rubric kind="preferred"><Label xml:lang="en">General symptoms</Label></Rubric></Class></ClaML>`,
    );
    expect(
      atomsIn(reading)
        .map(({ code, str }) => `${code.replace(/^.*:/, "")} ${str}`)
        .sort(),
    ).toEqual(["R50 Fever of other origin", "R50 Pyrexia", "R50-R69 General symptoms"]);
    expect(relations(reading)).toEqual([expect.stringMatching(/R50 PAR \S*R50-R69/)]);
  });

  it("FHIR CodeSystem: displays, designations by language, nested concepts", async () => {
    const resource = {
      resourceType: "CodeSystem",
      id: "temp",
      status: "active",
      content: "complete",
      concept: [
        {
          code: "F",
          display: "Fever",
          definition: "Hot.",
          designation: [{ language: "fr", value: "Fièvre" }],
          concept: [{ code: "HF", display: "High fever" }],
        },
      ],
    };
    const reading = await read("cs.json", JSON.stringify(resource));
    expect(
      atomsIn(reading)
        .map(({ code, lat, str }) => `${code.replace(/^.*:/, "")} ${lat} ${str}`)
        .sort(),
    ).toEqual(["F ENG Fever", "F FRE Fièvre", "HF ENG High fever"]);
    expect(relations(reading)).toEqual([expect.stringMatching(/HF PAR \S*F$/)]);
    expect(definitions(reading)).toEqual([expect.stringMatching(/Hot\.$/)]);
  });
});

describe("tables by the headers that people use", () => {
  it("in French: identifier, term, synonyms, definition, language", async () => {
    using folder = new TempFolder();
    const path = folder.write(
      "l.csv",
      "Identifiant;Terme;Définition;Synonymes;Langue\nA1;fièvre;Température haute.;pyrexie|hyperthermie;fr\n",
    );
    expect(await readLexicon(path)).toMatchObject([
      {
        id: "A1",
        term: "fièvre",
        explanation: "Température haute.",
        synonyms: ["pyrexie", "hyperthermie"],
        lang: "fr",
      },
    ]);
  });

  it("for ingest: synonyms and definitions are names and definitions, columns that are not used are named once", async () => {
    using folder = new TempFolder();
    const path = folder.write(
      "t.csv",
      "ID,Term,Synonyms,Definition,Language,Colour\nX1,fièvre,pyrexie|hyperthermie,Chaud.,fr,red\n",
    );
    const reading = await readPath(path);
    expect(names(reading).map((line) => line.replace(/^\S+ /, ""))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/FRE \w+: fièvre/),
        expect.stringMatching(/FRE \w+: pyrexie/),
      ]),
    );
    expect(definitions(reading)).toEqual([expect.stringMatching(/Chaud\./)]);
  });
});
