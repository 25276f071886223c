import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";

/** Canonical addresses by which FHIR names what UMLS calls a source (HL7 Terminology, "external code systems"). */
const KNOWN: Readonly<Record<string, string>> = {
  SNOMEDCT_US: "http://snomed.info/sct",
  LNC: "http://loinc.org",
  RXNORM: "http://www.nlm.nih.gov/research/umls/rxnorm",
  ICD10: "http://hl7.org/fhir/sid/icd-10",
  ICD10CM: "http://hl7.org/fhir/sid/icd-10-cm",
  ICD10PCS: "http://www.cms.gov/Medicare/Coding/ICD10",
  ICD9CM: "http://hl7.org/fhir/sid/icd-9-cm",
  ICD11: "http://id.who.int/icd/release/11/mms",
  ATC: "http://www.whocc.no/atc",
  HPO: "http://human-phenotype-ontology.org",
  MSH: "urn:oid:2.16.840.1.113883.6.177",
  MDR: "http://terminology.hl7.org/CodeSystem/mdr",
  NCI: "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
  ORPHANET: "http://www.orpha.net",
  CVX: "http://hl7.org/fhir/sid/cvx",
  CPT: "http://www.ama-assn.org/go/cpt",
  NDFRT: "http://hl7.org/fhir/ndfrt",
};
const UMLS = "http://www.nlm.nih.gov/research/umls";

/** A code system of the active release: all its concepts by CUI, or one source's codes. */
export interface FhirSystem {
  /** Id of the CodeSystem, and of the ValueSet of all its codes. */
  id: string;
  url: string;
  name: string;
  /** Absent for the concepts themselves. */
  sab?: string;
  version: string;
}

/** The code systems of a release, its concepts first. */
export function systemsOf({ dataset, release, counts }: ReleaseRecord): FhirSystem[] {
  const own: FhirSystem = {
    id: idOf(dataset),
    url: dataset.toLowerCase() === "umls" ? UMLS : `urn:termduet:${dataset}`,
    name: dataset,
    version: release,
  };
  const sources = Object.keys(counts.bySab).sort();
  return [
    own,
    ...sources.map((sab) => ({
      id: idOf(`${dataset}-${sab}`),
      url: KNOWN[sab] ?? `urn:termduet:${dataset}:${encodeURIComponent(sab)}`,
      name: sab,
      sab,
      version: release,
    })),
  ];
}

/** Ids of FHIR are of letters, digits, hyphens and dots, at most 64. */
function idOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9.-]/g, "-").slice(0, 64);
}
