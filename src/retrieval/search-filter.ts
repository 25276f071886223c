import type { KeptAtom, StringRecord } from "../terminology/concept.ts";
import type { Filter } from "../vector-store/vector-store.ts";

/** Any of each list; all lists. `sab`, `lat` and `tty` must hold for one and the same atom. */
export interface SearchFilter {
  sab?: readonly string[];
  lat?: readonly string[];
  tty?: readonly string[];
  /** TUIs. */
  sty?: readonly string[];
  cui?: readonly string[];
}

const FIELDS = ["sab", "lat", "tty", "sty", "cui"] as const;

/** The part that a store can apply: every string that has a fitting atom passes it, and some others. */
export function storeFilter(filter: SearchFilter): Filter | undefined {
  const entries = FIELDS.flatMap((field) => {
    const values = filter[field];
    return values && values.length > 0 ? [[field, values] as const] : [];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The atoms of a string that pass the whole filter. */
export function passingAtoms(record: StringRecord, filter: SearchFilter): KeptAtom[] {
  const allowed = (values: readonly string[] | undefined, value: string): boolean =>
    values === undefined || values.length === 0 || values.includes(value);
  const concepts = new Set(
    record.concepts
      .filter((c) => allowed(filter.cui, c.cui))
      .filter((c) => !filter.sty?.length || c.semanticTypes.some((t) => filter.sty!.includes(t.tui)))
      .map((c) => c.cui),
  );
  return record.atoms.filter(
    (atom) =>
      concepts.has(atom.cui) &&
      allowed(filter.sab, atom.sab) &&
      allowed(filter.lat, atom.lat) &&
      allowed(filter.tty, atom.tty),
  );
}
