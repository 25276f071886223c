import type { KeptAtom } from "../../terminology/concept.ts";
import { groupOfType } from "../../terminology/semantic-groups.ts";
import type { SearchResult } from "../request/search-types.ts";
import type { NameDifference } from "./concept-differences.ts";

export const FACET_FIELDS = ["sab", "lat", "tty", "sty", "group"] as const;
export type FacetField = (typeof FACET_FIELDS)[number];

/** One value of a field and how many of the concepts found have it. */
interface FacetCount {
  value: string;
  /** For types and groups. */
  name?: string;
  count: number;
}

export type Facets = Partial<Record<FacetField, FacetCount[]>>;

/** A concept of a list of results with the atoms by which it was found. */
export interface FoundConcept {
  result: SearchResult;
  atoms: readonly KeptAtom[];
  /** Mean grade over the encoders, 0 to 5. */
  grade: number;
  /** In what the query and it differ; looked at where somebody sees it. */
  differs: () => NameDifference[];
}

/** Counts concepts by what they and the atoms that found them have; most first, then by value. */
export function facetsOf(concepts: readonly FoundConcept[], fields: readonly FacetField[]): Facets {
  const facets: Facets = {};
  for (const field of fields) {
    const counts = new Map<string, FacetCount>();
    for (const concept of concepts) {
      for (const [value, name] of valuesOf(concept, field)) {
        const known = counts.get(value);
        if (known) known.count++;
        else counts.set(value, { value, ...(name === undefined ? {} : { name }), count: 1 });
      }
    }
    facets[field] = [...counts.values()].sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  }
  return facets;
}

/** Each value of a concept once, with its name where it has one. */
function valuesOf({ result, atoms }: FoundConcept, field: FacetField): Map<string, string | undefined> {
  if (field === "sty") return new Map(result.semanticTypes.map(({ tui, name }) => [tui, name]));
  if (field !== "group") return new Map(atoms.map((atom) => [atom[field], undefined]));
  const groups = result.semanticTypes.flatMap(({ tui }) => groupOfType(tui) ?? []);
  return new Map(groups.map(({ id, name }) => [id, name]));
}
