import type { Atom } from "../atom.ts";
import { languageCode } from "../languages.ts";
import type { ReadOptions, ReleaseSource } from "../release-source.ts";
import { TermduetError } from "../termduet-error.ts";
import type { LexiconEntry } from "./lexicon.ts";

/** A lexicon is held in memory whole: so many terms are some gigabytes. */
const MOST_TERMS = 2_000_000;

interface Gathered {
  atoms: Atom[];
  definition: string | undefined;
  parents: string[];
  disjoint: string[];
  semanticTypes: string[];
}

/**
 * The terms of an ontology or of any other terminology as entries of a lexicon: the preferred name is the term, the other
 * names in its language are synonyms, the definition explains it; names in other languages stand in `extra` as `name_fr`. The
 * term is English where there is an English name, else in the language of the first. What is obsolete or suppressed is left
 * out. Parents, disjoint classes and semantic types come along for those that align structures.
 * @throws TermduetError `bad-input` for a terminology too large to be aligned in one go.
 */
export async function entriesOf(source: ReleaseSource, options: ReadOptions): Promise<LexiconEntry[]> {
  const concepts = new Map<string, Gathered>();
  for await (const rows of source.rows(options)) {
    for (const row of rows) {
      if (row.kind === "atom") {
        if (row.atom.suppress !== "N") continue;
        const known = concepts.get(row.atom.cui);
        if (known) known.atoms.push(row.atom);
        else concepts.set(row.atom.cui, gathered(row.atom));
        if (concepts.size > MOST_TERMS)
          throw new TermduetError(
            "bad-input",
            `${source.files[0]?.name ?? "the source"} has more than ${MOST_TERMS} terms, more than a lexicon may have: ingest it, or align a part of it`,
          );
      } else if (row.kind === "definition") {
        const concept = concepts.get(row.cui);
        if (concept) concept.definition ??= row.text;
      } else if (row.kind === "semantic-type") {
        concepts.get(row.cui)?.semanticTypes.push(row.tui);
      } else if (row.kind === "relation") {
        if (row.rel === "PAR") concepts.get(row.cui)?.parents.push(row.cui2);
        else if (row.rela === "disjoint_from") concepts.get(row.cui2)?.disjoint.push(row.cui);
      }
    }
  }
  return Array.from(concepts, ([id, concept], at) => entryOf(id, concept, at + 1));
}

function gathered(atom: Atom): Gathered {
  return { atoms: [atom], definition: undefined, parents: [], disjoint: [], semanticTypes: [] };
}

function entryOf(id: string, concept: Gathered, line: number): LexiconEntry {
  const { atoms, definition, parents, disjoint, semanticTypes } = concept;
  const lat = atoms.some((atom) => atom.lat === "ENG") ? "ENG" : atoms[0]!.lat;
  const own = atoms.filter((atom) => atom.lat === lat);
  const name = own.find(({ ts }) => ts === "P") ?? own[0]!;
  const synonyms = new Set(own.map(({ str }) => str));
  synonyms.delete(name.str);
  const extra: Record<string, string> = {};
  for (const [other, names] of Map.groupBy(atoms, (atom) => atom.lat))
    if (other !== lat)
      extra[`name_${languageCode(other) ?? other.toLowerCase()}`] = [
        ...new Set(names.map(({ str }) => str)),
      ].join("|");
  const lang = languageCode(lat);
  return {
    id,
    term: name.str,
    ...(definition === undefined ? {} : { explanation: definition }),
    synonyms: [...synonyms],
    ...(lang === undefined ? {} : { lang }),
    line,
    extra,
    ...(parents.length > 0 ? { parents } : {}),
    ...(disjoint.length > 0 ? { disjoint } : {}),
    ...(semanticTypes.length > 0 ? { semanticTypes } : {}),
  };
}
