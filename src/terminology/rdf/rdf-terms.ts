import type { Triple } from "./triple.ts";

/** An RDF/JS term of as little as the parsers and the readers need. */
interface SlimTerm {
  termType: string;
  value: string;
  language: string;
  datatype: SlimTerm | undefined;
  equals(other: unknown): boolean;
}

/** What both parsers make statements with. */
export interface SlimFactory {
  namedNode(value: string): SlimTerm;
  blankNode(label?: string): SlimTerm;
  literal(value: string, languageOrDatatype?: unknown): SlimTerm;
  variable(value: string): SlimTerm;
  defaultGraph(): SlimTerm;
  quad(subject: SlimTerm, predicate: SlimTerm, object: SlimTerm): SlimTerm;
}

const XSD_STRING = "http://www.w3.org/2001/XMLSchema#string";

/**
 * A factory by which a parser hands over each statement at the moment it is complete, while the parser still stands on
 * its line; what the parser itself gets is a mere token.
 */
export function visitingFactory(visit: (triple: Triple) => void): SlimFactory {
  let blank = 0;
  const term = (termType: string, value: string, language = "", datatype?: SlimTerm): SlimTerm => ({
    termType,
    value,
    language,
    datatype,
    equals(other) {
      const that = other as Partial<SlimTerm> | null;
      return that?.termType === termType && that.value === value && that.language === language;
    },
  });
  const graph = term("DefaultGraph", "");
  const statement = term("Quad", "");
  return {
    namedNode: (value) => term("NamedNode", value),
    blankNode: (label) => term("BlankNode", label ?? `b${++blank}-`),
    literal(value, detail) {
      if (typeof detail === "string") return term("Literal", value, detail);
      const { language, termType } = (detail ?? {}) as Partial<SlimTerm>;
      if (termType === "NamedNode") return term("Literal", value, "", detail as SlimTerm);
      return term("Literal", value, language ?? "");
    },
    variable: (value) => term("Variable", value),
    defaultGraph: () => graph,
    quad(subject, predicate, object) {
      const datatype = object.datatype?.value ?? "";
      visit({
        subject: nameOf(subject),
        predicate: predicate.value,
        object: nameOf(object),
        isLiteral: object.termType === "Literal",
        language: object.language,
        datatype: datatype === XSD_STRING ? "" : datatype,
      });
      return statement;
    },
  };
}

function nameOf({ termType, value }: SlimTerm): string {
  return termType === "BlankNode" ? `_:${value}` : value;
}
