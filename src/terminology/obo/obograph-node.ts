import type { OntologyName, OntologyTerm } from "./ontology-term.ts";

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
  const id = curieOf(node.id);
  const names: OntologyName[] = typeof node.lbl === "string" ? [{ text: node.lbl, scope: "NAME" }] : [];
  for (const { val, pred, lang } of values(node.meta?.synonyms)) {
    if (typeof val !== "string") {
      reject("a synonym without val");
      continue;
    }
    // Later writers give the whole IRI of the predicate.
    const scope = SCOPES[String(pred).replace(/^.*[#/]/, "")] ?? "RELATED";
    names.push({ text: val, scope, language: typeof lang === "string" ? lang : undefined });
  }
  const definition = node.meta?.definition?.val;
  return {
    id,
    sab: sabFor(id),
    isObsolete: node.meta?.deprecated === true,
    names,
    definition: typeof definition === "string" ? definition : undefined,
    relations: values(node.meta?.xrefs).flatMap(({ val }) =>
      typeof val === "string" && val !== "" ? [{ kind: "xref", target: val }] : [],
    ),
  };
}

/**
 * The CURIE of an IRI that ends in a prefix and a number (`http://purl.obolibrary.org/obo/HP_0001658` → `HP:0001658`,
 * `…/ORDO/Orphanet_558` → `Orphanet:558`), so that JSON and OBO give the same ids; all else stays as it is.
 */
export function curieOf(iri: string): string {
  const match = /^https?:\/\/\S*[/#]([A-Za-z][A-Za-z0-9]*)_(\d+)$/.exec(iri);
  return match ? `${match[1]}:${match[2]}` : iri;
}

function values(list: unknown): { val?: unknown; pred?: unknown; lang?: unknown }[] {
  return Array.isArray(list) ? list.filter((value) => typeof value === "object" && value !== null) : [];
}
