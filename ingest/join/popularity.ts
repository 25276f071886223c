import type { StringRecord } from "../../src/terminology/concept.ts";

/** What a string's prominence depends on besides its own record, for one of its concepts. */
export interface StringPopularity {
  /** Sources that know the concept. */
  sources: number;
  /** Whether the string is the concept's preferred name, in any language. */
  preferred: boolean;
}

// Chosen by looking at what comes first for beginnings of one to three letters.
const STRING_SOURCE = 20;
const CONCEPT_SOURCE = 6;
const PREFERRED = 8;
const LENGTHS = 256;
const OBSOLETE = 2 ** 24;

/**
 * How well known a string is, as an integer to order by: more by each source that has it and by each that knows its
 * concept, and where it is the preferred name; among equals the shorter is more. Obsolete strings are below all others.
 */
export function prominence(record: StringRecord, fames: readonly StringPopularity[]): number {
  const current = record.atoms.filter((atom) => atom.suppress === "N");
  const own = new Set(current.map((atom) => atom.sab)).size;
  const known = Math.max(0, ...fames.map(({ sources }) => sources));
  const preferred = fames.some((fame) => fame.preferred);
  const fame = STRING_SOURCE * own + CONCEPT_SOURCE * known + (preferred ? PREFERRED : 0);
  const shortness = LENGTHS - 1 - Math.min(LENGTHS - 1, record.text.length);
  return fame * LENGTHS + shortness - (current.length === 0 ? OBSOLETE : 0);
}
