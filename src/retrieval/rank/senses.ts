import type { ConceptRecord } from "../../terminology/concept.ts";
import { normalizeText } from "../../text/normalize.ts";

type NamedConcept = Pick<ConceptRecord, "cui" | "semanticTypes" | "definitions" | "atoms">;

/**
 * Concepts that bear one name, by what they mean: those that have another name or a definition in common are one sense, and, where
 * the name is no abbreviation, those that have a semantic type in common (an open release leaves apart what UMLS joins). CUIs, in the order
 * given. One group: the name is not ambiguous.
 */
export function sensesOf(name: string, concepts: readonly NamedConcept[]): string[][] {
  const short = isAbbreviation(name);
  const norm = normalizeText(name);
  const known = concepts.map((concept) => ({ concept, marks: marksOf(concept, norm, short) }));
  const groups: { cuis: string[]; marks: Set<string> }[] = [];
  for (const { concept, marks } of known) {
    const near = groups.filter((group) => [...marks].some((mark) => group.marks.has(mark)));
    const [first, ...others] = near;
    if (!first) {
      groups.push({ cuis: [concept.cui], marks: new Set(marks) });
      continue;
    }
    for (const { cuis, marks: more } of [{ cuis: [concept.cui], marks }, ...others]) {
      first.cuis.push(...cuis);
      for (const mark of more) first.marks.add(mark);
    }
    for (const other of others) groups.splice(groups.indexOf(other), 1);
  }
  return groups.map(({ cuis }) => cuis);
}

/** `MS`, `R.A.`, `bp`: so short that many things are called so. */
function isAbbreviation(name: string): boolean {
  const letters = name.replace(/[.\s]/g, "");
  return letters.length <= 4 || (letters.length <= 6 && letters === letters.toUpperCase());
}

function marksOf(
  { atoms, definitions, semanticTypes }: NamedConcept,
  norm: string,
  short: boolean,
): Set<string> {
  const marks = new Set<string>();
  for (const { str } of atoms) {
    const other = normalizeText(str);
    // Another abbreviation in common says as little as this one.
    if (other !== norm && other.length > 5) marks.add(`name ${other}`);
  }
  for (const { text } of definitions) marks.add(`definition ${normalizeText(text)}`);
  if (!short) for (const { tui } of semanticTypes) marks.add(`type ${tui}`);
  return marks;
}
