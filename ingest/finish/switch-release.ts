import { setTimeout } from "node:timers/promises";
import { closenessKeys } from "../../src/retrieval/rank/closeness.ts";
import {
  aliasesOf,
  collectionsOf,
  type ReleaseRecord,
  releaseKey,
} from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";

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

/**
 * Removes releases with their collections. The records go first: a crash in between leaves collections that nothing names, not a
 * release without its vectors.
 */
export async function dropReleases(store: VectorStore, records: readonly ReleaseRecord[]): Promise<void> {
  if (records.length === 0) return;
  for (const record of records) {
    await store.deleteMetadata(releaseKey(record));
    for (const key of Object.keys(await store.metadata()))
      if (key.startsWith(closenessKeys(record))) await store.deleteMetadata(key);
  }
  // Servers look at aliases and records once a second; until then they ask for the old collections.
  await setTimeout(DROP_DELAY_MS);
  for (const record of records)
    for (const { spec } of collectionsOf(record)) await store.dropCollection(spec.name);
}
