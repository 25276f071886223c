import { OBO_IN_OWL, OWL, PredicateRoles, RDFS, SKOS } from "../rdf/predicate-roles.ts";
import { nameKindOf, type OntologyName, type OntologyTerm } from "./ontology-term.ts";
import { termId } from "./term-id.ts";

/** A node of an OBO graph, as far as it is read. Nothing is taken for granted: files of many writers go around. */
export interface GraphNode {
  id?: unknown;
  lbl?: unknown;
  type?: unknown;
  meta?: {
    deprecated?: unknown;
    definition?: { val?: unknown };
    synonyms?: unknown;
    xrefs?: unknown;
    basicPropertyValues?: unknown;
  };
}

export interface GraphEdge {
  sub?: unknown;
  pred?: unknown;
  obj?: unknown;
}

const SCOPES: Record<string, OntologyName["scope"] | undefined> = {
  hasExactSynonym: "EXACT",
  hasBroadSynonym: "BROAD",
  hasNarrowSynonym: "NARROW",
  hasRelatedSynonym: "RELATED",
};

/** The term that a node is; undefined for properties and individuals, and, after a call of `reject`, for one without id. */
export function termOfNode(
  node: GraphNode | null,
  sabFor: (id: string) => string,
  reject: (reason: string) => void,
): OntologyTerm | undefined {
  if (typeof node?.id !== "string" || node.id === "") {
    reject("a node without id");
    return undefined;
  }
  if (node.type !== undefined && node.type !== "CLASS") return undefined;
  const id = termId(node.id);
  const names: OntologyName[] = typeof node.lbl === "string" ? [{ text: node.lbl, scope: "NAME" }] : [];
  for (const { val, pred, lang, synonymType } of values(node.meta?.synonyms)) {
    if (typeof val !== "string") {
      reject("a synonym without val");
      continue;
    }
    // Later writers give the whole IRI of the predicate.
    const scope = SCOPES[String(pred).replace(/^.*[#/]/, "")] ?? "RELATED";
    const kind = typeof synonymType === "string" ? nameKindOf(synonymType) : undefined;
    names.push({ text: val, scope, ...languageIn(lang), kind });
  }
  const term: OntologyTerm & { aliases: string[]; replacedBy: string[] } = {
    id,
    sab: sabFor(id),
    isObsolete: node.meta?.deprecated === true,
    names,
    definitions: [],
    relations: values(node.meta?.xrefs).flatMap(({ val }) =>
      typeof val === "string" && val !== "" ? [{ kind: "xref", target: val }] : [],
    ),
    aliases: [],
    replacedBy: [],
  };
  const definition = node.meta?.definition?.val;
  if (typeof definition === "string") term.definitions.push(definition);
  for (const property of values(node.meta?.basicPropertyValues)) addProperty(term, property);
  return term;
}

const ROLES = new PredicateRoles();

/** What writers put among the other properties: labels with a language, SKOS labels, what replaced the term, `owl:deprecated`. */
function addProperty(
  term: OntologyTerm & { aliases: string[]; replacedBy: string[] },
  { pred, val, lang }: GraphValue,
): void {
  if (typeof pred !== "string" || (typeof val !== "string" && val !== true)) return;
  const text = String(val);
  const role = ROLES.of(expanded(pred));
  if (role?.kind === "name") term.names.push({ text, scope: role.scope, ...languageIn(lang) });
  else if (role?.kind === "definition") term.definitions.push(text);
  else if (role?.kind === "deprecated") term.isObsolete ||= text === "true";
  else if (role?.kind === "alternative-id") term.aliases.push(termId(text));
  else if (role?.kind === "replaced-by") term.replacedBy.push(termId(text));
  else if (role?.kind === "notation") term.code ??= text;
}

function languageIn(lang: unknown): { language?: string } {
  return typeof lang === "string" && lang !== "" ? { language: lang } : {};
}

/** Some writers shorten the well-known properties. */
function expanded(pred: string): string {
  const [, prefix = "", local = ""] = /^(\w+):(\w+)$/.exec(pred) ?? [];
  const base = { rdfs: RDFS, owl: OWL, skos: SKOS, oboInOwl: OBO_IN_OWL }[prefix];
  if (base) return base + local;
  const obo = /^IAO:(\d+)$/.exec(pred)?.[1];
  return obo ? `http://purl.obolibrary.org/obo/IAO_${obo}` : pred;
}

type GraphValue = { val?: unknown; pred?: unknown; lang?: unknown; synonymType?: unknown };

function values(list: unknown): GraphValue[] {
  return Array.isArray(list) ? list.filter((value) => typeof value === "object" && value !== null) : [];
}
