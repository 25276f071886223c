import type { OntologyName } from "../obo/ontology-term.ts";

/** What a property says of a term, as far as it is read. */
export type Role =
  | { kind: "name"; scope: OntologyName["scope"] }
  /** A name by a node of its own (SKOS-XL). */
  | { kind: "label-node"; scope: OntologyName["scope"] }
  | {
      kind:
        | "definition"
        | "type"
        | "parent"
        | "child"
        | "equivalent"
        | "disjoint"
        | "disjoint-union"
        | "deprecated";
    }
  | { kind: "replaced-by" | "alternative-id" | "notation" | "xref" | "tui" | "cui" | "shorthand" }
  | { kind: "mapping"; name: string };

export const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
export const RDFS = "http://www.w3.org/2000/01/rdf-schema#";
export const OWL = "http://www.w3.org/2002/07/owl#";
export const SKOS = "http://www.w3.org/2004/02/skos/core#";
export const SKOSXL = "http://www.w3.org/2008/05/skos-xl#";
const OBO = "http://purl.obolibrary.org/obo/";
export const OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#";
const DC_TERMS = "http://purl.org/dc/terms/";
const NCI = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#";
const UMLS = "http://bioportal.bioontology.org/ontologies/umls/";
const ISO_THES = "http://purl.org/iso25964/skos-thes#";

const name = (scope: OntologyName["scope"]): Role => ({ kind: "name", scope });

const ROLES: Readonly<Record<string, Role>> = {
  [`${RDF}type`]: { kind: "type" },
  [`${RDFS}label`]: name("NAME"),
  [`${RDFS}subClassOf`]: { kind: "parent" },
  [`${OWL}equivalentClass`]: { kind: "equivalent" },
  [`${OWL}disjointWith`]: { kind: "disjoint" },
  [`${OWL}disjointUnionOf`]: { kind: "disjoint-union" },
  [`${OWL}deprecated`]: { kind: "deprecated" },
  [`${SKOS}prefLabel`]: name("NAME"),
  [`${SKOS}altLabel`]: name("EXACT"),
  [`${SKOS}hiddenLabel`]: name("RELATED"),
  [`${SKOSXL}prefLabel`]: { kind: "label-node", scope: "NAME" },
  [`${SKOSXL}altLabel`]: { kind: "label-node", scope: "EXACT" },
  [`${SKOSXL}hiddenLabel`]: { kind: "label-node", scope: "RELATED" },
  [`${SKOS}definition`]: { kind: "definition" },
  [`${SKOS}broader`]: { kind: "parent" },
  [`${SKOS}narrower`]: { kind: "child" },
  [`${ISO_THES}broaderGeneric`]: { kind: "parent" },
  [`${ISO_THES}narrowerGeneric`]: { kind: "child" },
  [`${SKOS}notation`]: { kind: "notation" },
  [`${SKOS}exactMatch`]: { kind: "mapping", name: "exactMatch" },
  [`${SKOS}closeMatch`]: { kind: "mapping", name: "closeMatch" },
  [`${SKOS}broadMatch`]: { kind: "mapping", name: "broadMatch" },
  [`${SKOS}narrowMatch`]: { kind: "mapping", name: "narrowMatch" },
  [`${SKOS}relatedMatch`]: { kind: "mapping", name: "relatedMatch" },
  [`${SKOS}related`]: { kind: "mapping", name: "related" },
  [`${OBO_IN_OWL}hasExactSynonym`]: name("EXACT"),
  [`${OBO_IN_OWL}hasBroadSynonym`]: name("BROAD"),
  [`${OBO_IN_OWL}hasNarrowSynonym`]: name("NARROW"),
  [`${OBO_IN_OWL}hasRelatedSynonym`]: name("RELATED"),
  [`${OBO_IN_OWL}hasSynonym`]: name("RELATED"),
  [`${OBO_IN_OWL}hasDefinition`]: { kind: "definition" },
  [`${OBO_IN_OWL}hasAlternativeId`]: { kind: "alternative-id" },
  [`${OBO_IN_OWL}hasDbXref`]: { kind: "xref" },
  [`${OBO_IN_OWL}shorthand`]: { kind: "shorthand" },
  [`${OBO}IAO_0000115`]: { kind: "definition" },
  [`${OBO}IAO_0000118`]: name("EXACT"),
  [`${OBO}IAO_0000111`]: name("EXACT"),
  [`${OBO}IAO_0100001`]: { kind: "replaced-by" },
  [`${DC_TERMS}alternative`]: name("EXACT"),
  [`${DC_TERMS}isReplacedBy`]: { kind: "replaced-by" },
  [`${NCI}P90`]: name("EXACT"),
  [`${NCI}P107`]: name("EXACT"),
  [`${NCI}P108`]: name("EXACT"),
  [`${NCI}P97`]: { kind: "definition" },
  [`${UMLS}tui`]: { kind: "tui" },
  [`${UMLS}cui`]: { kind: "cui" },
};

/** Properties of other makers (EFO, ORDO, FMA, RadLex, schema.org …) by what their names end in. */
const BY_NAME: readonly (readonly [RegExp, Role])[] = [
  [/^(?:has_?)?exact_?synonyms?$/i, name("EXACT")],
  [/^(?:has_?)?broad(?:er)?_?synonyms?$/i, name("BROAD")],
  [/^(?:has_?)?narrow(?:er)?_?synonyms?$/i, name("NARROW")],
  [/^(?:has_?)?related_?synonyms?$/i, name("RELATED")],
  [/^(?:has_?)?synonyms?$|^full_?syn$|^alt(?:ernat(?:ive|e))?_?(?:term|name|label)s?$/i, name("EXACT")],
  [/^(?:pref(?:erred)?)_?(?:term|name|label)$/i, name("NAME")],
  [/^(?:has_?)?(?:textual_?)?definition$/i, { kind: "definition" }],
];

/** Finds the roles of properties, each looked up once. */
export class PredicateRoles {
  readonly #known = new Map<string, Role | undefined>(Object.entries(ROLES));

  of(predicate: string): Role | undefined {
    const known = this.#known.get(predicate);
    if (known || this.#known.has(predicate)) return known;
    const local = predicate.slice(Math.max(predicate.lastIndexOf("#"), predicate.lastIndexOf("/")) + 1);
    const role = BY_NAME.find(([pattern]) => pattern.test(local))?.[1];
    this.#known.set(predicate, role);
    return role;
  }
}

const TERM_TYPES = new Set([`${OWL}Class`, `${RDFS}Class`, `${OWL}DeprecatedClass`, `${SKOS}Concept`]);
const SCHEME_TYPES = new Set([`${OWL}Ontology`, `${SKOS}ConceptScheme`]);

/** What a type makes of its subject: a term, the ontology itself, or something that is no term. */
export function kindOfType(type: string): "term" | "scheme" | "other" {
  return TERM_TYPES.has(type) ? "term" : SCHEME_TYPES.has(type) ? "scheme" : "other";
}
