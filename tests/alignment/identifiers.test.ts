import { describe, expect, test } from "vitest";
import { Identifiers } from "../../src/alignment/identifiers.ts";

const named = (dataset: string, conceptBase?: string): Identifiers =>
  new Identifiers({ dataset, lexicon: "mon lexique.tsv", ...(conceptBase ? { conceptBase } : {}) });

describe("a concept's name on the web", () => {
  test.each([
    ["umls", "C0027051", "UMLS:C0027051", "https://uts.nlm.nih.gov/uts/umls/concept/C0027051"],
    ["hpo", "HP:0001658", "HP:0001658", "http://purl.obolibrary.org/obo/HP_0001658"],
    ["openmeta", "C9", "OPENMETA:C9", "https://w3id.org/termduet/dataset/openmeta/C9"],
    ["2x", "a b|c", "D_2X:a%20b%7Cc", "https://w3id.org/termduet/dataset/2x/a%20b%7Cc"],
    ["skos", "x", "D_SKOS:x", "https://w3id.org/termduet/dataset/skos/x"],
    ["o", "http://example.org/onto#A1", "ns1:A1", "http://example.org/onto#A1"],
    ["o", "OMIM:143100", "OMIM:143100", "https://omim.org/entry/143100"],
    ["o", "orphanet:558", "Orphanet:558", "http://www.orpha.net/ORDO/Orphanet_558"],
    ["o", "http://www.orpha.net/ORDO/Orphanet_558", "Orphanet:558", "http://www.orpha.net/ORDO/Orphanet_558"],
    [
      "o",
      "http://purl.obolibrary.org/obo/HP_0001658",
      "HP:0001658",
      "http://purl.obolibrary.org/obo/HP_0001658",
    ],
    ["o", "FBbt:00050127", "FBbt:00050127", "http://purl.obolibrary.org/obo/FBbt_00050127"],
    ["o", "MYCODES:a7", "O:MYCODES%3Aa7", "https://w3id.org/termduet/dataset/o/MYCODES%3Aa7"],
    ["o", "skos:x", "O:skos%3Ax", "https://w3id.org/termduet/dataset/o/skos%3Ax"],
  ])("of %s, %s is %s", (dataset, cui, curie, iri) => {
    expect(named(dataset).concept(cui)).toEqual({ curie, iri });
  });

  test("stands behind the address that the user gives", () => {
    const identifiers = named("mine", "https://terms.example.org/");
    expect(identifiers.concept("42").iri).toBe("https://terms.example.org/42");
    expect(identifiers.prefixes).toEqual([["MINE", "https://terms.example.org/"]]);
  });

  test("has one prefix per address", () => {
    const identifiers = named("o");
    for (const id of ["http://a.org/x", "http://b.org/y", "http://a.org/z"]) identifiers.concept(id);
    expect(identifiers.prefixes).toEqual([
      ["ns1", "http://a.org/"],
      ["ns2", "http://b.org/"],
    ]);
  });

  test("of an entry is its own where it is a CURIE or an IRI", () => {
    const identifiers = named("o");
    expect(identifiers.entry("DOID:1816").iri).toBe("http://purl.obolibrary.org/obo/DOID_1816");
    expect(identifiers.entry("http://mouse.owl#MA_1").iri).toBe("http://mouse.owl#MA_1");
    expect(identifiers.entry("S01")).toEqual({
      curie: "LEXICON:S01",
      iri: "https://w3id.org/termduet/lexicon/mon%20lexique.tsv/S01",
    });
  });

  test("has no spaces in the name of an entry", () => {
    expect(named("o").entry("a b").iri).toBe("https://w3id.org/termduet/lexicon/mon%20lexique.tsv/a%20b");
  });
});
