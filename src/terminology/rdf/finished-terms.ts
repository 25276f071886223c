import type { OntologyTerm } from "../obo/ontology-term.ts";
import { nameKindOf, sabOfId, sabOfOntology } from "../obo/ontology-term.ts";
import { termId } from "../obo/term-id.ts";
import { type AnonymousNodes, isBlank } from "./anonymous-nodes.ts";
import type { GraphTerms, RawTerm } from "./graph-terms.ts";
import type { PredicateRoles } from "./predicate-roles.ts";

/** A term and the line on which it was first spoken of. */
export type LocatedTerm = OntologyTerm & { line: number };

const THING = "http://www.w3.org/2002/07/owl#Thing";
/** BioPortal's classes for the semantic types of UMLS. */
const SEMANTIC_TYPE = "http://purl.bioontology.org/ontology/STY/";

/** The terms of a graph that has been read to its end, in the order of the file, one at a time. */
export function* finishedTerms(
  graph: GraphTerms,
  nodes: AnonymousNodes,
  roles: PredicateRoles,
): Generator<LocatedTerm> {
  typeSynonyms(graph, nodes, roles);
  addDisjointness(graph, nodes);
  const sab = sabOfOntology(graph.scheme);
  for (const raw of graph.terms.values()) {
    if (!isTerm(raw)) continue;
    const id = termId(raw.iri);
    const term: LocatedTerm = {
      id,
      line: raw.line,
      sab: sab ?? sabOfId(id),
      isObsolete: raw.isObsolete,
      names: raw.names,
      definitions: raw.definitions,
      relations: [],
      code: raw.code,
      aliases: raw.aliases.map(termId),
      replacedBy: raw.replacedBy.map(termId),
      semanticTypes: raw.tuis.map((tui) => ({ tui, name: typeName(graph, tui) })),
    };
    for (const { role, node } of raw.nodes)
      resolve(term, raw, role.kind === "name" || role.kind === "label-node" ? role.scope : role.kind, node, {
        graph,
        nodes,
      });
    const seen = new Set<string>();
    for (const { kind, target } of raw.relations) {
      const relation = { kind, target: kind === "xref" ? target : termId(target) };
      const key = `${kind} ${relation.target}`;
      if (target === THING || seen.has(key)) continue;
      seen.add(key);
      term.relations.push(relation);
    }
    yield term;
  }
}

/** Typed as one; or, in a file without types, named as terms are. Semantic types are none of the ontology's own terms. */
function isTerm({ isTerm, isOther, looksLikeTerm, iri }: RawTerm): boolean {
  return (isTerm || (looksLikeTerm && !isOther)) && !iri.startsWith("http://www.w3.org/2002/07/owl#");
}

function typeName(graph: GraphTerms, tui: string): string {
  return graph.terms.get(`${SEMANTIC_TYPE}${tui}`)?.names[0]?.text ?? tui;
}

interface Read {
  graph: GraphTerms;
  nodes: AnonymousNodes;
}

/** Adds what a node says of a term: a name, a definition, or what the term is a kind or part of. */
function resolve(term: OntologyTerm, raw: RawTerm, what: string, node: string, read: Read): void {
  const facts = read.nodes.get(node);
  if (what === "definition") {
    if (facts?.text) term.definitions.push(facts.text.text);
  } else if (what === "parent" || what === "equivalent") {
    addExpression(raw, node, read);
  } else if (what !== "disjoint-union" && facts?.text) {
    const { text, language } = facts.text;
    term.names.push({
      text,
      scope: what as OntologyTerm["names"][number]["scope"],
      ...(language && { language }),
    });
  }
}

/** A class expression: a relation to a class, or several things that are all true of the term. */
function addExpression(raw: RawTerm, node: string, { graph, nodes }: Read): void {
  const hasParent = raw.relations.some(({ kind }) => kind === "is_a");
  const open = [node];
  const seen = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (!isBlank(next)) {
      // What a class is defined by is its parent where the file says no other, as it does before a reasoner has run.
      if (!hasParent) raw.relations.push({ kind: "is_a", target: next });
      continue;
    }
    const facts = nodes.get(next);
    if (facts?.onProperty && !isBlank(facts.onProperty) && facts.some && !isBlank(facts.some)) {
      const kind = graph.terms.get(facts.onProperty)?.shorthand ?? termId(facts.onProperty);
      raw.relations.push({ kind, target: facts.some });
    }
    if (facts?.intersection) open.push(...nodes.list(facts.intersection).reverse());
  }
}

/** Sets the kind of each synonym that an axiom speaks of. */
function typeSynonyms(graph: GraphTerms, nodes: AnonymousNodes, roles: PredicateRoles): void {
  for (const { source, property, text, types } of nodes.synonymTypes()) {
    const kind =
      types.map((type) => nameKindOf(labelled(graph, type))).find(Boolean) ??
      types.map(nameKindOf).find(Boolean);
    const role = roles.of(property);
    if (!kind || role?.kind !== "name") continue;
    for (const name of graph.terms.get(source)?.names ?? [])
      if (name.text === text && name.scope === role.scope) name.kind = kind;
  }
}

function labelled(graph: GraphTerms, type: string): string {
  return graph.terms.get(type)?.names[0]?.text ?? type;
}

function addDisjointness(graph: GraphTerms, nodes: AnonymousNodes): void {
  for (const members of nodes.disjointSets()) pairUp(graph, members);
  for (const term of graph.terms.values())
    for (const { role, node } of term.nodes)
      if (role.kind === "disjoint-union")
        pairUp(
          graph,
          nodes.list(node).filter((name) => !isBlank(name)),
        );
}

/** Each pair once: as a statement of the one that comes first. */
function pairUp(graph: GraphTerms, members: readonly string[]): void {
  for (const [at, member] of members.entries()) {
    const relations = graph.terms.get(member)?.relations;
    for (const other of members.slice(at + 1)) relations?.push({ kind: "disjoint_from", target: other });
  }
}
