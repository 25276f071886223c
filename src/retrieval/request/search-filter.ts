import type { ConceptRecord, KeptAtom, StringRecord } from "../../terminology/concept.ts";
import { groupOfType, semanticGroup } from "../../terminology/semantic-groups.ts";
import type { Filter, VectorStore } from "../../vector-store/vector-store.ts";

/** Any of each list; all lists. `sab`, `lat` and `tty` must hold for one and the same atom. */
export interface SearchFilter {
  sab?: readonly string[];
  lat?: readonly string[];
  tty?: readonly string[];
  /** TUIs. */
  sty?: readonly string[];
  /** Semantic groups, by their four letters: `DISO`. */
  group?: readonly string[];
  cui?: readonly string[];
  /** Concepts that stand above what is wanted in some source's hierarchy; what is wanted may be one of them. */
  under?: readonly string[];
}

const FIELDS = ["sab", "lat", "tty", "sty", "cui"] as const;

/**
 * The part that a store can apply: every string that has a fitting atom passes it, and some others. What is below a broad
 * concept is looked up in its record.
 */
export async function storeFilter(
  filter: SearchFilter,
  store: Pick<VectorStore, "find">,
  conceptsCollection: string,
): Promise<Filter | undefined> {
  const entries: [string, readonly string[]][] = FIELDS.flatMap((field) => {
    const values = filter[field];
    return values && values.length > 0 ? [[field, values] as [string, readonly string[]]] : [];
  });
  if (filter.under?.length)
    entries.push(["above", await labelsBelow(filter.under, store, conceptsCollection)]);
  // A store takes one list per field; where types are given too, groups are looked at afterwards.
  if (filter.group?.length && !filter.sty?.length) entries.push(["sty", typesOf(filter.group)]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The atoms of a string that pass the whole filter. `below` knows which concepts are under `filter.under`. */
export function passingAtoms(
  record: StringRecord,
  filter: SearchFilter,
  below?: Pick<ReadonlySet<string>, "has">,
): KeptAtom[] {
  const allowed = (values: readonly string[] | undefined, value: string): boolean =>
    values === undefined || values.length === 0 || values.includes(value);
  const groups = filter.group?.map((name) => semanticGroup(name)?.id);
  const concepts = new Set(
    record.concepts
      .filter((c) => allowed(filter.cui, c.cui))
      .filter((c) => !filter.sty?.length || c.semanticTypes.some((t) => filter.sty!.includes(t.tui)))
      .filter((c) => !groups?.length || c.semanticTypes.some((t) => groups.includes(groupOfType(t.tui)?.id)))
      .filter((c) => !filter.under?.length || !below || below.has(c.cui))
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

async function labelsBelow(
  tops: readonly string[],
  store: Pick<VectorStore, "find">,
  conceptsCollection: string,
): Promise<string[]> {
  const labels = new Set(tops);
  for (const { body } of await store.find(conceptsCollection, "id", tops, tops.length))
    for (const label of (JSON.parse(body) as ConceptRecord).below ?? []) labels.add(label);
  return [...labels];
}

/** Types of the groups; of groups that nobody knows, one that no concept has: no filter would be the opposite. */
function typesOf(groups: readonly string[]): string[] {
  const types = groups.flatMap((name) => semanticGroup(name)?.tuis ?? []);
  return types.length > 0 ? types : ["none"];
}
