import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { seededRandom } from "../../../src/evaluation/metrics/seeded-random.ts";
import { TermduetError } from "../../../src/terminology/termduet-error.ts";
import { atomsIn, readPath } from "./read-release.ts";
import { consoLine } from "./rrf-lines.ts";
import { TempFolder } from "./temp-folder.ts";

const NS =
  'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:oio="http://www.geneontology.org/formats/oboInOwl#"';
const X = "http://purl.obolibrary.org/obo/X_000000";
const tabbed = (...rows: string[]): string =>
  `${rows.map((row) => row.replaceAll(" ", "\t").replaceAll("_", " ")).join("\n")}\n`;
const DATES = "20240101";

/** A small terminology in each format: its files, and the path to read, `""` for the folder of all of them. */
export const FORMATS: Readonly<Record<string, { files: Readonly<Record<string, string>>; path: string }>> = {
  obo: single(
    "x.obo",
    'format-version: 1.2\nontology: x\n\n[Term]\nid: X:0000001\nname: heart attack\ndef: "Necrosis." [a:b]\nsynonym: "crise cardiaque" EXACT [] {xml:lang="fr"}\nalt_id: X:9\nis_a: X:0000002 ! disease\n\n[Term]\nid: X:0000002\nname: disease\ndisjoint_from: X:0000003\n',
  ),
  obograph: single(
    "x.json",
    `{"graphs":[{"id":"http://purl.obolibrary.org/obo/x.owl","nodes":[{"id":"${X}1","lbl":"heart attack","type":"CLASS","meta":{"synonyms":[{"pred":"hasExactSynonym","val":"crise cardiaque","lang":"fr"}],"definition":{"val":"Necrosis."}}},{"id":"${X}2","lbl":"disease"}],"edges":[{"sub":"${X}1","pred":"is_a","obj":"${X}2"}],"equivalentNodesSets":[{"nodeIds":["${X}1","${X}2"]}]}]}`,
  ),
  rdfxml: single(
    "x.owl",
    `<?xml version="1.0"?>\n<rdf:RDF ${NS}>\n<owl:Class rdf:about="${X}1"><rdfs:label xml:lang="en">heart attack</rdfs:label><oio:hasExactSynonym>Fièvre &amp; more</oio:hasExactSynonym>\n<rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="${X}8"/><owl:someValuesFrom rdf:resource="${X}2"/></owl:Restriction></rdfs:subClassOf></owl:Class>\n<owl:Class rdf:about="${X}2"><rdfs:label>disease</rdfs:label></owl:Class>\n<owl:AllDisjointClasses><owl:members rdf:parseType="Collection"><rdf:Description rdf:about="${X}1"/><rdf:Description rdf:about="${X}2"/></owl:members></owl:AllDisjointClasses>\n</rdf:RDF>\n`,
  ),
  turtle: single(
    "x.ttl",
    '@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix ex: <http://example.org/> .\nex:1 a skos:Concept ; skos:prefLabel "heart attack"@en, "crise cardiaque"@fr ; skos:definition """Necrosis\nof it.""" ; skos:broader ex:2 .\nex:2 a skos:Concept ; skos:prefLabel "disease" .\n',
  ),
  rrf: {
    path: "",
    files: {
      "MRCONSO.RRF": `${consoLine()}\n${consoLine({ lat: "FRE", aui: "A2", str: "Infarctus du myocarde" })}\n`,
      "MRREL.RRF": "C0027051|A0000001|SCUI|PAR|C0018799|A3|SCUI|inverse_isa|R01||MSH|MSH|||N||\n",
      "MRCUI.RRF": "C0000001|2024AA|SY|||C0027051|Y|\n",
    },
  },
  rxnorm: single(
    "RXNCONSO.RRF",
    "1191|ENG||||||2599|2599|1191||RXNORM|IN|1191|aspirin||N|4096|\n161|ENG||||||1|1|161||RXNORM|IN|161|acetaminophen||N|4096|\n",
  ),
  rf2: {
    path: "",
    files: {
      "sct2_Concept_Snapshot_INT_20240101.txt": tabbed(
        "id effectiveTime active moduleId definitionStatusId",
        `22298006 ${DATES} 1 1 2`,
        `64572001 ${DATES} 1 1 2`,
      ),
      "sct2_Description_Snapshot-en_INT_20240101.txt": tabbed(
        "id effectiveTime active moduleId conceptId languageCode typeId term caseSignificanceId",
        `101 ${DATES} 1 1 22298006 en 900000000000013009 Heart_attack 1`,
        `102 ${DATES} 1 1 64572001 en 900000000000003001 Disease_(disorder) 1`,
      ),
      "der2_cRefset_LanguageSnapshot-en_INT_20240101.txt": tabbed(
        "id effectiveTime active moduleId refsetId referencedComponentId acceptabilityId",
        `a ${DATES} 1 1 900000000000509007 101 900000000000548007`,
        `b ${DATES} 1 1 900000000000509007 102 900000000000548007`,
      ),
      "sct2_Relationship_Snapshot_INT_20240101.txt": tabbed(
        "id effectiveTime active moduleId sourceId destinationId relationshipGroup typeId characteristicTypeId modifierId",
        `9 ${DATES} 1 1 22298006 64572001 0 116680003 1 1`,
      ),
    },
  },
  omop: {
    path: "",
    files: {
      "CONCEPT.csv":
        "concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\tvalid_start_date\tvalid_end_date\tinvalid_reason\n312327\tAcute myocardial infarction\tCondition\tSNOMED\tx\tS\t57054005\t1\t2\t\n4329847\tMyocardial infarction\tCondition\tSNOMED\tx\tS\t22298006\t1\t2\t\n",
      "CONCEPT_SYNONYM.csv":
        "concept_id\tconcept_synonym_name\tlanguage_concept_id\n312327\tHeart attack\t4180186\n",
      "CONCEPT_RELATIONSHIP.csv":
        "concept_id_1\tconcept_id_2\trelationship_id\tvalid_start_date\tvalid_end_date\tinvalid_reason\n312327\t4329847\tIs a\t1\t2\t\n",
    },
  },
  loinc: single(
    "Loinc.csv",
    '"LOINC_NUM","COMPONENT","PROPERTY","TIME_ASPCT","SYSTEM","SCALE_TYP","METHOD_TYP","STATUS","SHORTNAME","LONG_COMMON_NAME"\n"2345-7","Glucose","MCnc","Pt","Ser/Plas","Qn","","ACTIVE","Glucose SerPl","Glucose [Mass/volume] in Serum"\n"718-7","Hemoglobin","MCnc","Pt","Bld","Qn","","ACTIVE","Hgb Bld","Hemoglobin in Blood"\n',
  ),
  claml: single(
    "icd.xml",
    '<?xml version="1.0"?>\n<ClaML version="2.0.0"><Title name="ICD10"/><Class code="A00" kind="category"><SuperClass code="A"/><Rubric kind="preferred"><Label xml:lang="en">Cholera</Label></Rubric><Rubric kind="inclusion"><Label xml:lang="en">rice water: <Reference>A01</Reference></Label></Rubric></Class><Class code="A" kind="block"><Rubric kind="preferred"><Label xml:lang="fr">Maladies</Label></Rubric></Class></ClaML>\n',
  ),
  fhir: single(
    "cs.json",
    '{"resourceType":"CodeSystem","id":"x","language":"en","concept":[{"code":"a","display":"Heart attack","definition":"Necrosis.","designation":[{"language":"fr","value":"Crise cardiaque"}],"concept":[{"code":"b","display":"Silent one"}]},{"code":"c","display":"Stroke","property":[{"code":"parent","valueCode":"a"}]}]}',
  ),
  csv: single(
    "t.csv",
    'id,term,lang,synonyms,definition,parents\n1,Heart attack,en,"MI|Infarction","A, b",2\n2,Maladie,fr,,,\n3,"Fièvre ""forte""",fr,,,2\n',
  ),
  tsv: single("t.tsv", 'id\tterm\tlang\n1\tHeart attack\ten\n2\t"two\nlines"\ten\n3\tFièvre\tfr\n'),
};

function single(path: string, content: string): { files: Record<string, string>; path: string } {
  return { path, files: { [path]: content } };
}

const SIGNS = [
  '"',
  "|",
  "\t",
  ",",
  ";",
  "\n",
  "\r\n",
  "<",
  ">",
  "&",
  "{",
  "}",
  "[",
  "]",
  "\\",
  "\0",
  "'",
  ":",
  ".",
  "@",
  "é",
  "\ufeff",
];

/** A change of structure: a cut, a delimiter or quote too many or too few, a doubled or moved stretch, another encoding, a flipped byte. */
function mutated(content: Buffer, random: () => number): Buffer {
  const at = (below: number): number => Math.floor(random() * below);
  const place = at(content.length + 1);
  const length = 1 + at(40);
  const [before, after] = [content.subarray(0, place), content.subarray(place)];
  switch (at(9)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, Buffer.from(SIGNS[at(SIGNS.length)]!), after]);
    case 2:
      return Buffer.concat([before, after.subarray(length)]);
    case 3:
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 4:
      return Buffer.concat([after, before]);
    case 5: {
      const flipped = Buffer.from(content);
      if (place < flipped.length) flipped[place] = at(256);
      return flipped;
    }
    case 6:
      return Buffer.from(content.toString("utf8"), at(2) === 0 ? "latin1" : "utf16le");
    case 7:
      return Buffer.concat([before, Buffer.alloc(1 + at(3_000), SIGNS[at(SIGNS.length)]), after]);
    default: {
      const sign = SIGNS[at(SIGNS.length)]!;
      return Buffer.from(content.toString("utf8").replaceAll(sign, SIGNS[at(SIGNS.length)]!));
    }
  }
}

export interface MutationResult {
  /** What went wrong, each with the number of its mutation. */
  failures: string[];
  /** How many were read to their end, and how many ended in an error. */
  read: number;
  refused: number;
}

/** Reads mutations of a format, each the same for a seed: an error that users may meet, or rows of which every name is in the files. */
export async function readMutations(format: string, count: number, seed: number): Promise<MutationResult> {
  const { files, path } = FORMATS[format]!;
  const random = seededRandom(seed);
  const names = Object.keys(files);
  const result: MutationResult = { failures: [], read: 0, refused: 0 };
  using folder = new TempFolder();
  for (let n = 0; n < count; n++) {
    const root = join(folder.path, String(n));
    const victim = names[Math.floor(random() * names.length)]!;
    const texts: string[] = [];
    for (const [name, content] of Object.entries(files)) {
      const original = Buffer.from(content);
      const bytes = name === victim ? mutated(original, random) : original;
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), bytes);
      const decoded = ["utf-8", "windows-1252", "utf-16le"].map((name) =>
        new TextDecoder(name).decode(bytes),
      );
      // An element within a name is none of its text, nor is a reference; but what was an element may have become text.
      for (const text of decoded)
        for (const passed of [/(?!)/g, /<[^>]*>/g, /<Reference>.*?<\/Reference>|<[^>]*>/g])
          texts.push(bare(text.replace(passed, "")));
    }
    const started = performance.now();
    try {
      const reading = await readPath(join(root, path));
      result.read++;
      for (const { str } of atomsIn(reading))
        if (!texts.some((text) => text.includes(bare(str))))
          result.failures.push(`${n}: "${str}" is not in the file`);
    } catch (error) {
      result.refused++;
      if (!(error instanceof TermduetError) || error.code === "internal" || error.message.includes("\n"))
        result.failures.push(`${n}: ${error instanceof Error ? error.stack : String(error)}`);
    }
    if (performance.now() - started > 10_000) result.failures.push(`${n}: took more than ten seconds`);
    rmSync(root, { recursive: true, force: true });
  }
  return result;
}

/** Letters and digits alone: escapes, quotes, spaces and what joins the parts of a name are no part of the comparison. */
function bare(text: string): string {
  return text
    .normalize("NFC")
    .replace(/&(?:amp|lt|gt|quot|apos);/g, "")
    .replace(/\\[tnrbf]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, "");
}
