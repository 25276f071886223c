import type { OnProgress } from "../../src/terminology/progress.ts";
import {
  checkSpelling,
  collectionName,
  collectionsOf,
  type ReleaseRecord,
  releaseRecords,
  renamed,
} from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { checkRelease } from "../finish/check-release.ts";
import { switchTo } from "../finish/finish-release.ts";
import { verifyCount, verifyIndex } from "../finish/verify-release.ts";
import { lockDataset } from "../work/dataset-lock.ts";
import { nextGeneration, useGeneration } from "../work/generations.ts";
import { checkArchive, readArchived, readManifest } from "./export-archive.ts";

const SAMPLE_VECTORS = 16;

export interface ImportResult {
  record: ReleaseRecord;
  /** `unchanged` when the store held the release already. */
  status: "imported" | "unchanged";
}

/**
 * Imports an exported release beside what the store holds, verifies it and makes it the active one. Nothing is encoded, and no
 * encoder need be installed. After a crash it is called again.
 * Errors: `bad-input` for a file that is missing or damaged, found before the store is touched.
 */
export async function importRelease(
  store: VectorStore,
  folder: string,
  onProgress?: OnProgress | undefined,
): Promise<ImportResult> {
  const { record: exported, files } = readManifest(folder);
  await checkArchive(folder, files);
  using _ = lockDataset(store, exported.dataset, `an import of ${exported.dataset} ${exported.release}`);
  const records = await releaseRecords(store);
  checkSpelling(records, exported);
  const generations = records.filter((r) => r.dataset === exported.dataset && r.release === exported.release);
  const before = generations.at(-1);
  if (before && isSame(before, exported) && (await checkRelease(store, before)).damages.length === 0) {
    await switchTo(store, before, generations);
    return { record: before, status: "unchanged" };
  }
  const { dataset, release } = exported;
  const generation = await nextGeneration(store, exported);
  await useGeneration(store, exported, generation);
  const record = renamed(exported, generation, (content) =>
    collectionName(dataset, release, generation, content),
  );
  const total = files.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  const collections = collectionsOf(record);
  // Together: where a node of a cluster is away, each takes as long as the server waits for it.
  await Promise.all(collections.map(({ spec }) => store.createCollection(spec)));
  for (const { content, spec } of collections) {
    for (const file of files.filter((f) => f.content === content)) {
      await store.writeBlock(spec.name, readArchived(folder, file, spec));
      done += file.rows;
      onProgress?.({ stage: "import", done, total, unit: "records" });
    }
  }
  for (const { spec } of collections) await store.finishCollection(spec.name, onProgress);
  for (const { spec, count } of collections) {
    await verifyCount(store, spec.name, count);
    if (spec.dimension !== undefined)
      await verifyIndex(store, spec.name, await someVectors(store, spec.name));
  }
  await switchTo(store, record, generations);
  return { record, status: "imported" };
}

/** The first vectors of a collection: its rows lie in the order of a hash, so that they are a sample. */
async function someVectors(store: VectorStore, collection: string): Promise<Float32Array> {
  for await (const { vectors } of store.blocks(collection, SAMPLE_VECTORS)) return vectors!;
  return new Float32Array(0);
}

/** The same source by the same encoders: the vectors are the same, wherever they were made. */
function isSame(a: ReleaseRecord, b: ReleaseRecord): boolean {
  const encoders = (record: ReleaseRecord): string =>
    record.encoders
      .map((e) => e.hash)
      .sort()
      .join();
  return a.fingerprint === b.fingerprint && encoders(a) === encoders(b);
}
