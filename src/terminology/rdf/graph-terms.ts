import type { OntologyName } from "../obo/ontology-term.ts";
import { type AnonymousNodes, isBlank } from "./anonymous-nodes.ts";
import { own } from "./own-text.ts";
import { kindOfType, type PredicateRoles, type Role } from "./predicate-roles.ts";
import type { Triple } from "./triple.ts";

/** What has been read of a named subject: ids are IRIs still. */
export interface RawTerm {
  iri: string;
  line: number;
  isTerm: boolean;
  /** Typed as something that is no term: a property, an individual, the ontology. */
  isOther: boolean;
  /** Has what only a term has, for files that give no types. */
  looksLikeTerm: boolean;
  isObsolete: boolean;
  names: OntologyName[];
  definitions: string[];
  relations: { kind: string; target: string }[];
  aliases: string[];
  replacedBy: string[];
  tuis: string[];
  code: string | undefined;
  shorthand: string | undefined;
  /** Nodes that hold names or definitions, or say what the term is below. */
  nodes: { role: Role; node: string }[];
}

/** Collects statements by subject. Whatever the order of a file, all of a term is together at its end. */
export class GraphTerms {
  readonly terms = new Map<string, RawTerm>();
  /** The first subject that is an ontology or a scheme. */
  scheme: string | undefined;
  /** Ontologies that the file says it needs besides, which are not read. */
  readonly imports: string[] = [];
  readonly #roles: PredicateRoles;
  readonly #nodes: AnonymousNodes;
  readonly #iris = new Map<string, string>();

  constructor(roles: PredicateRoles, nodes: AnonymousNodes) {
    this.#roles = roles;
    this.#nodes = nodes;
  }

  add(triple: Triple, line: () => number): void {
    if (isBlank(triple.subject)) {
      this.#nodes.add(triple);
      return;
    }
    const role = this.#roles.of(triple.predicate);
    if (role === undefined) {
      if (triple.predicate === "http://www.w3.org/2002/07/owl#imports") this.imports.push(own(triple.object));
      else this.#nodes.addNamed(triple);
      return;
    }
    this.#addRole(this.#term(triple.subject, line), role, triple, line);
  }

  #addRole(term: RawTerm, role: Role, triple: Triple, line: () => number): void {
    const { object, isLiteral, language } = triple;
    switch (role.kind) {
      case "type": {
        const kind = kindOfType(object);
        if (kind === "term") term.isTerm = true;
        else term.isOther = true;
        if (kind === "scheme") this.scheme ??= term.iri;
        if (object.endsWith("DeprecatedClass")) term.isObsolete = true;
        return;
      }
      case "name":
        if (!isLiteral) {
          term.nodes.push({ role, node: this.#own(object) });
          return;
        }
        term.names.push({
          text: own(object),
          scope: role.scope,
          ...(language && { language: own(language) }),
        });
        if (triple.predicate.endsWith("prefLabel")) term.looksLikeTerm = true;
        return;
      case "definition":
        if (isLiteral) term.definitions.push(own(object));
        else term.nodes.push({ role, node: this.#own(object) });
        return;
      case "parent":
      case "equivalent":
      case "disjoint":
        if (isLiteral) return;
        if (role.kind === "parent") term.looksLikeTerm = true;
        if (isBlank(object)) term.nodes.push({ role, node: this.#own(object) });
        else term.relations.push({ kind: RELATION_OF[role.kind], target: this.#own(object) });
        return;
      case "child":
        if (!isLiteral && !isBlank(object))
          this.#term(object, line).relations.push({ kind: "is_a", target: term.iri });
        return;
      case "label-node":
      case "disjoint-union":
        term.nodes.push({ role, node: this.#own(object) });
        return;
      case "mapping":
        if (!isLiteral && !isBlank(object))
          term.relations.push({ kind: role.name, target: this.#own(object) });
        return;
      default:
        this.#addPlain(term, role.kind, own(object));
    }
  }

  /** What is a plain value, an IRI or a literal alike. */
  #addPlain(term: RawTerm, kind: Role["kind"], value: string): void {
    if (kind === "deprecated") term.isObsolete = value === "true" || value === "1";
    else if (kind === "alternative-id") term.aliases.push(value);
    else if (kind === "replaced-by") term.replacedBy.push(value);
    else if (kind === "notation") term.code ??= value.trim() || undefined;
    else if (kind === "shorthand") term.shorthand = value;
    else if (kind === "tui") term.tuis.push(value);
    else if (kind === "cui") term.relations.push({ kind: "xref", target: `UMLS:${value}` });
    else if (kind === "xref") term.relations.push({ kind: "xref", target: value });
  }

  #term(iri: string, line: () => number): RawTerm {
    const known = this.terms.get(iri);
    if (known) return known;
    const key = this.#own(iri);
    const term: RawTerm = {
      iri: key,
      line: line(),
      isTerm: false,
      isOther: false,
      looksLikeTerm: false,
      isObsolete: false,
      names: [],
      definitions: [],
      relations: [],
      aliases: [],
      replacedBy: [],
      tuis: [],
      code: undefined,
      shorthand: undefined,
      nodes: [],
    };
    this.terms.set(key, term);
    return term;
  }

  /** An IRI in memory of its own, once however often it comes. */
  #own(iri: string): string {
    const known = this.#iris.get(iri);
    if (known !== undefined) return known;
    const copy = own(iri);
    this.#iris.set(copy, copy);
    return copy;
  }
}

const RELATION_OF = { parent: "is_a", equivalent: "equivalent_to", disjoint: "disjoint_from" } as const;
