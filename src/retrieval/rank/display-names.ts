import type { ConceptRecord } from "../../terminology/concept.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import type { DisplayName, SearchResult } from "../request/search-types.ts";

/** A concept's name in the first of the languages (LAT) that has one, else its preferred name. */
export function displayName(
  { names, name }: Pick<ConceptRecord, "names" | "name">,
  lats: readonly string[],
): DisplayName {
  for (const lat of lats) if (names[lat] !== undefined) return { text: names[lat], lat };
  const lat = Object.keys(names).find((known) => names[known] === name);
  return lat === undefined ? { text: name } : { text: name, lat };
}

/** Results with their concepts' names in the languages asked for. */
export async function withDisplayNames(
  store: Pick<VectorStore, "find">,
  conceptsCollection: string,
  lists: readonly SearchResult[][],
  lats: readonly string[],
): Promise<SearchResult[][]> {
  const cuis = [...new Set(lists.flatMap((list) => list.map(({ cui }) => cui)))];
  const found = await store.find(conceptsCollection, "id", cuis, cuis.length);
  const names = new Map(
    found.map(({ id, body }) => [id, displayName(JSON.parse(body) as ConceptRecord, lats)]),
  );
  return lists.map((list) =>
    list.map((result) => {
      const display = names.get(result.cui);
      return display ? { ...result, display } : result;
    }),
  );
}
