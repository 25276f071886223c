/** A statement of an RDF graph as a reader meets it. Blank nodes are strings that begin with `_:`. */
export interface Triple {
  subject: string;
  predicate: string;
  /** An IRI, a blank node, or the text of a literal. */
  object: string;
  isLiteral: boolean;
  /** Language tag of a literal; empty where it has none. */
  language: string;
  /** Datatype of a literal, an IRI; empty where it is a plain text. */
  datatype: string;
}

/** Told of each statement in the file's order; `line` gives the line at which the parser stands, 1-based. */
export type VisitTriple = (triple: Triple, line: () => number) => void;

/** The forms in which an RDF file is written. */
export type RdfSyntax = "rdfxml" | "turtle";
