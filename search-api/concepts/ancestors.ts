import type { ConceptRecord } from "../../src/terminology/concept.ts";

export interface NamedConcept {
  cui: string;
  name: string;
}

// Hierarchies are some fifteen levels deep at most, and a concept has few parents; a damaged one must end as well.
const MAX_LEVELS = 25;
const MAX_CONCEPTS = 400;

/**
 * Whose atoms the steps of a concept's hierarchy paths are. Atoms are kept with their concepts and not indexed, but
 * each step is an atom of the parent of the next, so climbing along the parents meets them all.
 */
export async function resolveAncestors(
  record: ConceptRecord,
  related: readonly ConceptRecord[],
  find: (cuis: readonly string[]) => Promise<ConceptRecord[]>,
  nameOf: (concept: ConceptRecord) => string,
): Promise<Map<string, NamedConcept>> {
  const wanted = new Set(record.hierarchies.flatMap(({ path }) => path));
  const found = new Map<string, NamedConcept>();
  const visited = new Set([record.cui]);
  const parents = parentsOf([record]);
  let level = related.filter(({ cui }) => parents.has(cui));
  for (let depth = 0; depth < MAX_LEVELS && level.length > 0; depth++) {
    for (const concept of level) {
      visited.add(concept.cui);
      for (const { aui } of concept.atoms)
        if (wanted.has(aui)) found.set(aui, { cui: concept.cui, name: nameOf(concept) });
    }
    if (found.size === wanted.size || visited.size >= MAX_CONCEPTS) break;
    const next = [...parentsOf(level)].filter((cui) => !visited.has(cui));
    level = next.length === 0 ? [] : await find(next.slice(0, MAX_CONCEPTS));
  }
  return found;
}

function parentsOf(concepts: readonly ConceptRecord[]): Set<string> {
  return new Set(concepts.flatMap((c) => c.relations.filter((r) => r.rel === "PAR").map((r) => r.cui)));
}
