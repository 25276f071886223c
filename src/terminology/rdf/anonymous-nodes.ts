import { own } from "./own-text.ts";
import { OWL, RDF, SKOSXL } from "./predicate-roles.ts";
import type { Triple } from "./triple.ts";

/** What is kept of a node that is no term: an axiom, a class expression, a list, a label. */
interface NodeFacts {
  type?: string;
  annotatedSource?: string;
  annotatedProperty?: string;
  annotatedTarget?: string;
  synonymTypes?: string[];
  onProperty?: string;
  some?: string;
  intersection?: string;
  union?: string;
  members?: string;
  first?: string;
  rest?: string;
  text?: { text: string; language: string };
}

type Field = Exclude<keyof NodeFacts, "synonymTypes" | "text">;

const FIELDS: Readonly<Record<string, Field>> = {
  [`${RDF}type`]: "type",
  [`${OWL}annotatedSource`]: "annotatedSource",
  [`${OWL}annotatedProperty`]: "annotatedProperty",
  [`${OWL}annotatedTarget`]: "annotatedTarget",
  [`${OWL}onProperty`]: "onProperty",
  [`${OWL}someValuesFrom`]: "some",
  [`${OWL}intersectionOf`]: "intersection",
  [`${OWL}unionOf`]: "union",
  [`${OWL}members`]: "members",
  [`${RDF}first`]: "first",
  [`${RDF}rest`]: "rest",
};
const SYNONYM_TYPE = "http://www.geneontology.org/formats/oboInOwl#hasSynonymType";
const TEXT = new Set([`${SKOSXL}literalForm`, `${RDF}value`]);
const NIL = `${RDF}nil`;
/** A list that is longer was made to run in circles. */
const LONGEST_LIST = 1_000_000;

export function isBlank(name: string): boolean {
  return name.startsWith("_:");
}

/** The nodes without a name, and what of named ones is read by way of others. */
export class AnonymousNodes {
  readonly #nodes = new Map<string, NodeFacts>();

  add(triple: Triple): void {
    const { predicate, object, language } = triple;
    const field = FIELDS[predicate];
    if (field !== undefined) this.#node(triple.subject)[field] ??= own(object);
    else if (predicate === SYNONYM_TYPE) {
      const node = this.#node(triple.subject);
      node.synonymTypes = [...(node.synonymTypes ?? []), own(object)];
    } else if (TEXT.has(predicate))
      this.#node(triple.subject).text ??= { text: own(object), language: own(language) };
  }

  /** A label or a definition may have an IRI of its own. */
  addNamed(triple: Triple): void {
    if (TEXT.has(triple.predicate) || triple.predicate === `${OWL}members`) this.add(triple);
  }

  get(name: string): NodeFacts | undefined {
    return this.#nodes.get(name);
  }

  /** Annotations of synonyms: the term, the property, the text, and the types of the synonym. */
  *synonymTypes(): Generator<{ source: string; property: string; text: string; types: string[] }> {
    for (const node of this.#nodes.values()) {
      const { annotatedSource: source, annotatedProperty: property, annotatedTarget: text } = node;
      if (node.synonymTypes && source && property && text !== undefined)
        yield { source, property, text, types: node.synonymTypes };
    }
  }

  /** The named members of each set of classes that are disjoint with one another. */
  *disjointSets(): Generator<string[]> {
    for (const { type, members } of this.#nodes.values())
      if (type === `${OWL}AllDisjointClasses` && members)
        yield this.list(members).filter((name) => !isBlank(name));
  }

  /** The members of a list; what is known of one that is not whole. */
  list(head: string): string[] {
    const found: string[] = [];
    const seen = new Set<string>();
    for (let at: string | undefined = head; at !== undefined && at !== NIL && !seen.has(at); ) {
      seen.add(at);
      const node: NodeFacts | undefined = this.#nodes.get(at);
      if (node?.first !== undefined) found.push(node.first);
      if (found.length > LONGEST_LIST) break;
      at = node?.rest;
    }
    return found;
  }

  #node(name: string): NodeFacts {
    let node = this.#nodes.get(name);
    if (!node) {
      node = {};
      this.#nodes.set(own(name), node);
    }
    return node;
  }
}
