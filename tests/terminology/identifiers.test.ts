import { describe, expect, test } from "vitest";
import { codeLookup, isCodeLike, isOfSource } from "../../src/terminology/identifiers/code-spellings.ts";
import { curieOf, iriOf, parseIdentifier } from "../../src/terminology/identifiers/identifier.ts";

describe("an identifier as somebody writes it", () => {
  test.each([
    ["HP:0001945", "HP:0001945"],
    ["hp:0001945", "HP:0001945"],
    ["HP_0001945", "HP:0001945"],
    ["HP-0001945", "HP:0001945"],
    ["HP 0001945", "HP:0001945"],
    ["HP:1945", "HP:0001945"],
    ["HPO:0001945", "HP:0001945"],
    ["http://purl.obolibrary.org/obo/HP_0001945", "HP:0001945"],
    ["<http://purl.obolibrary.org/obo/MONDO_0005148>", "MONDO:0005148"],
    ["https://identifiers.org/HP:0001945", "HP:0001945"],
    ["http://identifiers.org/mesh/D003924", "MESH:D003924"],
    ["https://identifiers.org/mesh:D003924", "MESH:D003924"],
    ["https://bioregistry.io/snomedct:44054006", "SNOMEDCT:44054006"],
    ["http://www.orpha.net/ORDO/Orphanet_558", "Orphanet:558"],
    ["https://uts.nlm.nih.gov/uts/umls/concept/C0027051", "UMLS:C0027051"],
    ["http://snomed.info/id/44054006", "SNOMEDCT:44054006"],
    ["http://id.nlm.nih.gov/mesh/D003924", "MESH:D003924"],
    ["http://www.ebi.ac.uk/efo/EFO_0000400", "EFO:0000400"],
    ["http://purl.bioontology.org/ontology/ICD10CM/E11.9", "ICD10CM:E11.9"],
    ["NCIT:C9305", "NCIT:C9305"],
    ["NCI:C9305", "NCIT:C9305"],
    ["Orphanet:93564", "Orphanet:93564"],
    ["ORPHA93564", "Orphanet:93564"],
    ["ORPHA:93564", "Orphanet:93564"],
    ["SNOMEDCT:44054006", "SNOMEDCT:44054006"],
    ["SNOMED CT 44054006", "SNOMEDCT:44054006"],
    ["SCTID: 44054006", "SNOMEDCT:44054006"],
    ["ICD10CM:E11.9", "ICD10CM:E11.9"],
    ["ICD-10-CM E11.9", "ICD10CM:E11.9"],
    ["ICD-10 E11.9", "ICD10:E11.9"],
    ["ICD-10: E11.9", "ICD10:E11.9"],
    ["CIM-10 E11.9", "ICD10:E11.9"],
    ["ICD10 E11.9", "ICD10:E11.9"],
    ["OMIM #143100", "OMIM:143100"],
    ["LOINC 2345-7", "LOINC:2345-7"],
    ["1296@90", "1296@90"],
  ])("%j is %j", (text, curie) => expect(curieOf(parseIdentifier(text)!)).toBe(curie));

  test.each(["chest pain", "type 2 diabetes", "ICD-10", "CIM 10", "heart", "vitamin B 12", "stage IV"])(
    "%j is none of a source",
    (text) => expect(parseIdentifier(text)?.prefix).toBeUndefined(),
  );

  test("has the address that OBO and the sources give it", () => {
    expect(iriOf(parseIdentifier("hp:1945")!)).toBe("http://purl.obolibrary.org/obo/HP_0001945");
    expect(iriOf(parseIdentifier("ORPHA:558")!)).toBe("http://www.orpha.net/ORDO/Orphanet_558");
    expect(iriOf({ local: "x", form: "code" })).toBeUndefined();
  });
});

describe("a code as it is looked up", () => {
  test.each([
    ["E119", "E11.9"],
    ["e119", "E11.9"],
    ["2724", "272.4"],
    ["4019", "401.9"],
    ["S3992XS", "S39.92XS"],
    ["345.1", "345.10"],
    ["3451", "345.10"],
    ["345.10", "345.1"],
    ["E8120", "E812.0"],
    ["38.9", "038.9"],
    ["E11.9", "E119"],
    ["E11-9", "E11.9"],
    ["23457", "2345-7"],
  ])("%j is also written %j", (text, code) => {
    const { typed, respelt } = codeLookup(text)!;
    expect([...typed, ...respelt]).toContain(code);
  });

  test("is of the source that was named, in any of its editions and names", () => {
    const of = (text: string) => parseIdentifier(text)!;
    expect(isOfSource(of("ICD-10 E11.9"), { sab: "ICD10CM", code: "E11.9" })).toBe(true);
    expect(isOfSource(of("ICD10CM:E11.9"), { sab: "ICD10", code: "E11.9" })).toBe(false);
    expect(isOfSource(of("NCIT:C9305"), { sab: "NCI", code: "C9305" })).toBe(true);
    expect(isOfSource(of("Orphanet:558"), { sab: "ORDO", code: "ORPHA:558" })).toBe(true);
    expect(isOfSource(of("SNOMEDCT:44054006"), { sab: "MSH", code: "44054006" })).toBe(false);
    expect(isOfSource(of("44054006"), { sab: "MSH", code: "44054006" })).toBe(true);
  });

  test.each([
    "E11.9",
    "E119",
    "S3992XS",
    "C0027051",
    "NCIT:C9305",
    "44054006",
    "2345-7",
    "HP:9999999",
    "1296@90",
  ])("%j looks like nothing but a code", (text) => expect(isCodeLike(text)).toBe(true));
  test.each([
    "B12",
    "CD4",
    "p53",
    "H1N1",
    "V600E",
    "covid-19",
    "IL-6",
    "G6PD",
    "HLA-B27",
    "vitamin d",
    "type 2",
    "5",
    "HbA1c",
  ])("%j may be a name", (text) => expect(isCodeLike(text)).toBe(false));
});
