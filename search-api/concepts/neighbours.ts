import type { ConceptRelation } from "../../src/terminology/concept.ts";
import type { ConceptView } from "../schemas/concept-schema.ts";

/** Relations of one kind, one entry per concept however many sources say so; named ones first, by name. */
export function groupNeighbours(
  relations: readonly ConceptRelation[],
  names: ReadonlyMap<string, string>,
): ConceptView["parents"] {
  const grouped = groupRelations(
    relations.map((relation) => ({ ...relation, rela: "" })),
    names,
  );
  return grouped.map(({ rel: _, rela: __, ...neighbour }) => neighbour);
}

/** One entry per concept and label, however many sources say so; by label, then by name. */
export function groupRelations(
  relations: readonly ConceptRelation[],
  names: ReadonlyMap<string, string>,
): ConceptView["relations"] {
  const grouped = new Map<string, ConceptView["relations"][number]>();
  for (const { rel, rela, cui, sab } of relations) {
    const key = JSON.stringify([rel, rela, cui]);
    const name = names.get(cui);
    const entry = grouped.get(key) ?? { rel, rela, cui, ...(name === undefined ? {} : { name }), sabs: [] };
    grouped.set(key, entry);
    if (!entry.sabs.includes(sab)) entry.sabs.push(sab);
  }
  return [...grouped.values()].sort(
    (a, b) =>
      compare(a.rel, b.rel) ||
      compare(a.rela, b.rela) ||
      Number(a.name === undefined) - Number(b.name === undefined) ||
      compare(a.name ?? "", b.name ?? "") ||
      compare(a.cui, b.cui),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
