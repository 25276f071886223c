import type { VectorStore } from "../../src/vector-store/vector-store.ts";

/** Forgets what earlier tests left in a store. */
export async function emptyStore(store: VectorStore): Promise<void> {
  await store.switchAliases(Object.fromEntries(Object.keys(await store.aliases()).map((a) => [a, null])));
  for (const name of await store.collections()) await store.dropCollection(name);
  for (const key of Object.keys(await store.metadata())) await store.deleteMetadata(key);
}
