/** A source of identifiers as the registries know it. */
export interface IdentifierPrefix {
  /** As OBO writes it, else as Bioregistry prefers it: what stands before the colon of a CURIE. */
  prefix: string;
  /** Other names: UMLS's SAB, Bioregistry's own, what people type. Compared by letters and digits alone. */
  names: readonly string[];
  /** What an identifier stands behind as an IRI, the one to write first. */
  iris: readonly string[];
  /** Digits that a numeric identifier is filled up to with zeros in front; 0 or absent: it is not. */
  digits?: number;
}

const OBO = "http://purl.obolibrary.org/obo/";
const BIOPORTAL = "http://purl.bioontology.org/ontology/";

/** An ontology of the OBO Foundry: identifiers of seven digits behind OBO's address, unless said otherwise. */
function obo(prefix: string, names = "", iris: readonly string[] = [], digits = 7): IdentifierPrefix {
  return { prefix, names: names.split("|").filter(Boolean), iris: [...iris, `${OBO}${prefix}_`], digits };
}

/** Prefixes by OBO's and Bioregistry's registries (bioregistry.io, CC0), with UMLS's SABs. */
export const IDENTIFIER_PREFIXES: readonly IdentifierPrefix[] = [
  obo("HP", "HPO|hp|human phenotype ontology"),
  obo("MONDO", "mondo"),
  obo("DOID", "DO|doid|disease ontology", [], 0),
  obo("GO", "gene ontology"),
  obo("UBERON"),
  obo("CL", "cell ontology"),
  obo("MP", "MPO|mammalian phenotype"),
  obo("PATO"),
  obo("SYMP"),
  obo("OBI"),
  obo("MAXO"),
  obo("ECTO"),
  obo("ENVO"),
  obo("SO"),
  obo("VO"),
  obo("CLO"),
  obo("FMA", "", ["http://purl.org/sig/ont/fma/fma"], 0),
  obo("CHEBI", "", [], 0),
  obo("PR", "PRO", [], 0),
  obo("NCBITaxon", "NCBI|taxonomy|ncbitaxonomy", [], 0),
  obo("NCIT", "NCI|NCI Thesaurus|NCIm", ["http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#"], 0),
  {
    prefix: "EFO",
    names: ["experimental factor ontology"],
    iris: ["http://www.ebi.ac.uk/efo/EFO_"],
    digits: 7,
  },
  {
    prefix: "Orphanet",
    names: ["ORPHA", "ORDO", "ORPHANET", "orphanet.ordo", "ORPHAcode", "ORPHA code"],
    iris: ["http://www.orpha.net/ORDO/Orphanet_"],
  },
  {
    prefix: "OMIM",
    names: ["MIM", "mim", "OMIM:"],
    iris: ["https://omim.org/entry/", "https://www.omim.org/entry/", `${OBO}OMIM_`],
  },
  { prefix: "OMIMPS", names: ["MIMPS", "omim.ps"], iris: ["https://www.omim.org/phenotypicSeries/PS"] },
  {
    prefix: "UMLS",
    names: ["UMLS_CUI", "CUI", "UMLSCUI", "umls.cui"],
    iris: ["https://uts.nlm.nih.gov/uts/umls/concept/", "http://linkedlifedata.com/resource/umls/id/"],
  },
  {
    prefix: "SNOMEDCT",
    names: ["SNOMEDCT_US", "SNOMED CT", "SNOMED", "SCTID", "SCT", "SCTSPA", "snomedct", "SNOMEDCT_CORE"],
    iris: ["http://snomed.info/id/", `${BIOPORTAL}SNOMEDCT/`],
  },
  {
    prefix: "ICD10CM",
    names: ["ICD-10-CM", "icd10cm", "ICD 10 CM"],
    iris: ["http://hl7.org/fhir/sid/icd-10-cm/", `${BIOPORTAL}ICD10CM/`],
  },
  {
    prefix: "ICD10",
    names: ["ICD-10", "icd10", "CIM-10", "CIM10", "CIE-10", "CIE10", "ICD10WHO", "ICD", "CIM"],
    iris: ["http://hl7.org/fhir/sid/icd-10/", "http://id.who.int/icd/release/10/", `${BIOPORTAL}ICD10/`],
  },
  { prefix: "ICD10PCS", names: ["ICD-10-PCS"], iris: [`${BIOPORTAL}ICD10PCS/`] },
  {
    prefix: "ICD9CM",
    names: ["ICD-9-CM", "ICD-9", "ICD9", "CIM-9", "CIE-9", "icd9cm"],
    iris: ["http://hl7.org/fhir/sid/icd-9-cm/", `${BIOPORTAL}ICD9CM/`],
  },
  {
    prefix: "ICD11",
    names: ["ICD-11", "CIM-11", "CIE-11", "icd11"],
    iris: [
      "http://id.who.int/icd/entity/",
      "https://icd.who.int/browse11/l-m/en#/http://id.who.int/icd/entity/",
    ],
  },
  { prefix: "ICDO", names: ["ICD-O", "ICD-O-3", "ICDO3", "CIM-O"], iris: [] },
  {
    prefix: "MESH",
    names: ["MSH", "MeSH", "MSHFRE", "MSHSPA", "MSHGER", "MSHITA", "MSHPOR", "MSHDUT"],
    iris: ["http://id.nlm.nih.gov/mesh/", `${BIOPORTAL}MESH/`],
  },
  { prefix: "LOINC", names: ["LNC", "loinc"], iris: ["https://loinc.org/", "http://loinc.org/rdf/"] },
  { prefix: "RXNORM", names: ["RxNorm", "RXCUI", "rxnorm", "RX"], iris: [`${BIOPORTAL}RXNORM/`] },
  { prefix: "MEDDRA", names: ["MDR", "MedDRA"], iris: [`${BIOPORTAL}MEDDRA/`] },
  {
    prefix: "ATC",
    names: ["ATC code", "atc"],
    iris: ["http://www.whocc.no/atc_ddd_index/?code=", `${BIOPORTAL}ATC/`],
  },
  { prefix: "DRUGBANK", names: ["DrugBank", "drugbank"], iris: ["https://go.drugbank.com/drugs/"] },
  {
    prefix: "HGNC",
    names: ["hgnc"],
    iris: ["https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/HGNC:"],
  },
  {
    prefix: "NCBIGene",
    names: ["entrez", "ncbigene", "GeneID"],
    iris: ["https://www.ncbi.nlm.nih.gov/gene/"],
  },
  { prefix: "ENSEMBL", names: ["ensembl"], iris: ["https://www.ensembl.org/id/"] },
  { prefix: "UNIPROT", names: ["uniprot", "UniProtKB"], iris: ["http://purl.uniprot.org/uniprot/"] },
  { prefix: "MEDGEN", names: ["MedGen", "medgen"], iris: ["https://www.ncbi.nlm.nih.gov/medgen/"] },
  { prefix: "GARD", names: ["gard"], iris: ["https://rarediseases.info.nih.gov/diseases/"] },
  { prefix: "ICPC2P", names: ["ICPC-2", "ICPC2", "ICPC", "CISP-2", "CISP2"], iris: [] },
  { prefix: "CPT", names: ["CPT-4"], iris: [`${BIOPORTAL}CPT/`] },
  { prefix: "HCPCS", names: [], iris: [`${BIOPORTAL}HCPCS/`] },
  { prefix: "NDFRT", names: ["ND-FRT"], iris: [`${BIOPORTAL}NDFRT/`] },
  { prefix: "CCAM", names: [], iris: [] },
  {
    prefix: "wikidata",
    names: ["WIKIDATA", "WD"],
    iris: ["http://www.wikidata.org/entity/", "https://www.wikidata.org/wiki/"],
  },
];

/** The name of a source by its letters and digits alone, so that `ICD-10-CM`, `icd10cm` and `ICD10 CM` meet. */
export function sourceKey(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

const BY_KEY = new Map<string, IdentifierPrefix>();
for (const known of IDENTIFIER_PREFIXES)
  for (const name of [known.prefix, ...known.names])
    if (!BY_KEY.has(sourceKey(name))) BY_KEY.set(sourceKey(name), known);

/** The prefix that a source's name in any writing stands for; undefined where the registries here know none. */
export function identifierPrefix(name: string): IdentifierPrefix | undefined {
  return BY_KEY.get(sourceKey(name));
}

/**
 * All keys (`sourceKey`) of the source that a name stands for. Editions of one classification count as one where people do
 * not tell them apart: a code of `ICD-10` may be one of ICD-10-CM.
 */
export function sourceKeys(name: string): ReadonlySet<string> {
  const known = identifierPrefix(name);
  const keys = new Set([sourceKey(name)]);
  if (!known) return keys;
  for (const other of [known.prefix, ...known.names]) keys.add(sourceKey(other));
  for (const [edition, others] of EDITIONS)
    if (known.prefix === edition)
      for (const other of others) for (const key of sourceKeys(other)) keys.add(key);
  return keys;
}

const EDITIONS: readonly (readonly [string, readonly string[]])[] = [["ICD10", ["ICD10CM"]]];
