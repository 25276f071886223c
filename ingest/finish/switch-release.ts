import { setTimeout } from "node:timers/promises";
import { closenessKeys } from "../../src/retrieval/rank/closeness.ts";
import {
  aliasesOf,
  collectionsOf,
  type ReleaseRecord,
  releaseKey,
} from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { lockForRemoval } from "../work/dataset-lock.ts";

const HISTORY_LENGTH = 50;
const DROP_DELAY_MS = 2000;

function historyKey(dataset: string): string {
  return `history/${dataset}`;
}

/** Names of the releases of a dataset in the order in which they became active, the latest last. */
export async function activationHistory(store: VectorStore, dataset: string): Promise<string[]> {
  const history = (await store.metadata())[historyKey(dataset)];
  return Array.isArray(history) ? history.map(String) : [];
}

/** For a store that is restored: what was made active while it was must not count. */
export async function setActivationHistory(
  store: VectorStore,
  dataset: string,
  history: readonly string[],
): Promise<void> {
  await store.putMetadata(historyKey(dataset), history);
}

/** Makes a verified release the active one of its dataset: the record first, then all aliases in one step. */
export async function activateRelease(store: VectorStore, record: ReleaseRecord): Promise<void> {
  const { dataset, release } = record;
  await store.putMetadata(releaseKey(record), record);
  const changes: Record<string, string | null> = {};
  // Aliases of encoders that the new release does not have would name the old one's vectors.
  for (const alias of Object.keys(await store.aliases())) {
    if (alias.startsWith(`${dataset}__`)) changes[alias] = null;
  }
  await store.switchAliases({ ...changes, ...aliasesOf(record) });
  const history = (await activationHistory(store, dataset)).filter((name) => name !== release);
  await store.putMetadata(historyKey(dataset), [...history, release].slice(-HISTORY_LENGTH));
}

/** Takes a release out of the records: nobody can make it active any more, and its collections are free to go. */
export async function forgetRelease(store: VectorStore, record: ReleaseRecord): Promise<void> {
  await store.deleteMetadata(releaseKey(record));
  for (const key of Object.keys(await store.metadata()))
    if (key.startsWith(closenessKeys(record))) await store.deleteMetadata(key);
}

/**
 * Removes the collections of releases that were forgotten. In this order a crash leaves collections that nothing names, not a
 * release without its vectors.
 */
export async function dropCollections(store: VectorStore, records: readonly ReleaseRecord[]): Promise<void> {
  if (records.length === 0) return;
  // Servers look at aliases and records once a second; until then they ask for the old collections.
  await setTimeout(DROP_DELAY_MS);
  for (const record of records) {
    using _ = await lockForRemoval(store, record.dataset);
    for (const { spec } of collectionsOf(record)) await store.dropCollection(spec.name);
  }
}
