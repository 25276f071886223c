import { aliasesOf, type ReleaseRecord, releaseKey } from "../src/vector-store/release-record.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";

/** Makes a verified release the active one of its dataset: the record first, then all aliases in one step. */
export async function activateRelease(store: VectorStore, record: ReleaseRecord): Promise<void> {
  await store.putMetadata(releaseKey(record.dataset, record.release), record);
  const changes: Record<string, string | null> = {};
  // Aliases of encoders that the new release does not have would name the old one's vectors.
  for (const alias of Object.keys(await store.aliases()))
    if (alias.startsWith(`${record.dataset}__`)) changes[alias] = null;
  await store.switchAliases({ ...changes, ...aliasesOf(record) });
}

/** Drops the collections of a release that has been ingested anew under the same name. */
export async function dropGeneration(store: VectorStore, record: ReleaseRecord): Promise<void> {
  for (const collection of [record.strings, record.concepts, ...record.encoders.map((e) => e.collection)]) {
    await store.dropCollection(collection);
  }
}
