import { rmSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { OnProgress } from "../src/terminology/progress.ts";
import type { ReleaseRecord } from "../src/vector-store/release-record.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import type { EncoderTarget } from "./encoder-targets.ts";
import type { Journal } from "./journal.ts";
import { activateRelease, dropRelease } from "./switch-release.ts";
import { type CollectionCounts, type Sample, verifyCollection, verifyCount } from "./verify-release.ts";

const DROP_DELAY_MS = 2000;

export interface IndexOptions {
  store: VectorStore;
  targets: readonly EncoderTarget[];
  /** Names of the collections of documents. */
  documents: { strings: string; concepts: string };
  counts: CollectionCounts;
  sample: Sample;
  /** Collections that it says are indexed are left alone; without it all are looked at. */
  journal?: Journal;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * Builds the indexes of a release's collections and verifies them. Gives the recall of each target's index.
 * Errors: those of verification; nothing that is active has changed.
 */
export async function indexAndVerify(options: IndexOptions): Promise<number[]> {
  const { store, targets, documents, counts, journal, onProgress, signal } = options;
  const { strings, concepts } = documents;
  for (const collection of [concepts, strings, ...targets.map((t) => t.collection)]) {
    signal?.throwIfAborted();
    if (journal?.stage(`index ${collection}`)) continue;
    await store.finishCollection(collection, onProgress);
    journal?.stageDone(`index ${collection}`, true);
  }
  await verifyCount(store, concepts, counts.concepts);
  await verifyCount(store, strings, counts.strings, counts.stringsBySab);
  const recalls: number[] = [];
  for (const [i, { pool, collection }] of targets.entries()) {
    onProgress?.({ stage: "verify", done: i, total: targets.length, unit: "collections" });
    await verifyCount(store, collection, counts.strings, counts.stringsBySab);
    const { recallAt10 } = await verifyCollection(store, collection, pool, options.sample);
    recalls.push(recallAt10);
  }
  return recalls;
}

/** The last steps, each of which may be repeated: switch, drop what the release replaces, forget the work. */
export async function switchTo(
  store: VectorStore,
  record: ReleaseRecord,
  generations: readonly ReleaseRecord[],
  workFolder?: string,
): Promise<void> {
  await activateRelease(store, record);
  const replaced = generations.filter((r) => r.generation < record.generation);
  // Servers look at the aliases once a second; until then they ask for the old collections.
  if (replaced.length > 0) await setTimeout(DROP_DELAY_MS);
  for (const older of replaced) await dropRelease(store, older);
  if (workFolder !== undefined) rmSync(workFolder, { recursive: true, force: true });
}
