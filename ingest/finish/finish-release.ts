import { rmSync } from "node:fs";
import type { OnProgress } from "../../src/terminology/progress.ts";
import { collectionsOf, type ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { lockSwitch } from "../work/dataset-lock.ts";
import type { Journal } from "../work/journal.ts";
import type { Sample } from "../work/sample.ts";
import type { EncoderTarget } from "../write/encoder-targets.ts";
import { activateRelease, dropCollections, forgetRelease } from "./switch-release.ts";
import { verifyCollection, verifyCount } from "./verify-release.ts";

export interface IndexOptions {
  store: VectorStore;
  /** What was written. */
  record: ReleaseRecord;
  targets: readonly EncoderTarget[];
  /** Strings that have an atom of each source. */
  stringsBySab: Readonly<Record<string, number>>;
  sample: Sample;
  /** The encoders that know definitions, and some definitions. */
  definitions?: { targets: readonly EncoderTarget[]; sample: Sample } | undefined;
  /** Collections that it says are indexed are left alone; without it all are looked at. */
  journal?: Journal;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Builds the indexes of a release's collections and verifies them. Gives the recall of each target's index.
 * Errors: those of verification; nothing that is active has changed.
 */
export async function indexAndVerify(options: IndexOptions): Promise<number[]> {
  const { store, record, targets, definitions, stringsBySab, journal, onProgress, signal } = options;
  for (const { spec } of collectionsOf(record)) {
    signal?.throwIfAborted();
    if (journal?.stage(`index ${spec.name}`)) continue;
    await store.finishCollection(spec.name, onProgress);
    journal?.stageDone(`index ${spec.name}`, true);
  }
  const ofStrings = new Set([record.strings, ...record.encoders.map((e) => e.collection)]);
  for (const { spec, count } of collectionsOf(record))
    await verifyCount(store, spec.name, count, ofStrings.has(spec.name) ? stringsBySab : {});
  const recalls: number[] = [];
  for (const [i, { pool, collection }] of targets.entries()) {
    onProgress?.({ stage: "verify", done: i, total: targets.length, unit: "collections" });
    const { recallAt10 } = await verifyCollection(
      store,
      { documents: record.strings, vectors: collection },
      pool,
      options.sample,
    );
    recalls.push(recallAt10);
  }
  for (const { pool, collection } of definitions?.targets ?? []) {
    const collections = { documents: record.definitions!.collection, vectors: collection };
    await verifyCollection(store, collections, pool, definitions!.sample);
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
  const replaced = generations.filter((r) => r.generation < record.generation);
  {
    using _ = await lockSwitch(store, record.dataset, `a switch to ${record.release}`);
    await activateRelease(store, record);
    for (const older of replaced) await forgetRelease(store, older);
  }
  await dropCollections(store, replaced);
  if (workFolder !== undefined) rmSync(workFolder, { recursive: true, force: true });
}
