import { TermduetError } from "../../terminology/termduet-error.ts";
import { numberOf } from "../datasets/labelled-table.ts";
import { childText } from "../datasets/similarity-pairs.ts";
import { type XmlElement, xmlElementsOf } from "../datasets/xml-elements.ts";
import { conceptKey } from "./concept-key.ts";
import type { Mapping, MappingFile } from "./mapping.ts";

/** `=` of the format's level 0, and the names of Java classes that the Alignment API writes for it. */
const EQUIVALENCE = /^(?:=|==|.*\bEquivRelation|equivalence|skos:exactMatch)$/i;

/**
 * Mappings of an alignment in the OAEI's format: cells of two entities, named by an attribute, by their text, or (EDOAL's
 * simple cells) by the class or property within. @throws TermduetError `bad-input` with the line.
 */
export function oaeiMappings(path: string, text: string): MappingFile {
  const cells = xmlElementsOf(path, text, new Set(["Cell"]));
  if (cells.length === 0 && !/Alignment/.test(text))
    throw new TermduetError(
      "bad-input",
      `${path} holds no alignment: a <Cell> of the OAEI format is looked for`,
    );
  const subjects = new Set<string>();
  const mappings = cells.map((cell): Mapping => {
    const entity = (name: string): string => {
      const iri = entityOf(cell.children.find((child) => child.name === name));
      if (iri !== "") return conceptKey(iri);
      throw new TermduetError("bad-input", `${path}, line ${cell.line}: a <Cell> without ${name}`);
    };
    const measure = childText(cell, "measure");
    const subject = entity("entity1");
    subjects.add(subject);
    return {
      subject,
      object: entity("entity2"),
      relation: EQUIVALENCE.test(childText(cell, "relation")) ? "same" : "unsure",
      score: measure === "" ? 1 : numberOf(measure, "the measure", path, cell.line),
    };
  });
  return { mappings, subjects, alternatives: false };
}

function entityOf(element: XmlElement | undefined): string {
  if (!element) return "";
  const [inner] = element.children;
  return (
    element.attributes["resource"] ??
    inner?.attributes["about"] ??
    inner?.attributes["resource"] ??
    element.text
  );
}
