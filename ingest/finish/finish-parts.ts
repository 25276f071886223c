import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import type { OnProgress } from "../../src/terminology/progress.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { type ReleaseRecord, releaseRecords } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import type { IngestSummary } from "../ingest-options.ts";
import { lockDataset } from "../work/dataset-lock.ts";
import {
  finishedParts,
  forgetParts,
  type PartRecord,
  type PartsPlan,
  partsPlan,
} from "../work/part-records.ts";
import type { Sample } from "../work/sample.ts";
import { type EncoderTarget, type EncodingOptions, startEncoders } from "../write/encoder-targets.ts";
import { indexAndVerify, switchTo } from "./finish-release.ts";

export interface FinishOptions extends EncodingOptions {
  dataset: string;
  release: string;
  store: VectorStore;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Makes a release of parts that several processes have ingested: indexes, verifies and switches. May be called again after a
 * crash. Errors: `not-found` when no part was begun, `conflict` when one is missing, `incompatible` without an encoder.
 */
export async function finishParts(options: FinishOptions): Promise<IngestSummary> {
  const { store, dataset, release } = options;
  using _ = lockDataset(store, dataset, `the end of an ingest of ${dataset} ${release} by parts`);
  const plan = await partsPlan(store, dataset, release);
  if (!plan) {
    throw new TermduetError(
      "not-found",
      `no part of ${dataset} ${release} is in ${store.url}; ingest with --part 1/N, 2/N … first`,
    );
  }
  const parts = await finishedParts(store, plan);
  const record = merged(parts);
  await using stack = new AsyncDisposableStack();
  const collections = new Map(record.encoders.map((e) => [e.id, e.collection]));
  const encoding = { ...options, encoders: encodersOf(plan, options.encoders) };
  // What is left to encode is the sample that the release is verified by.
  const sample = mergedSample(parts.map((part) => part.sample));
  const targets = await startEncoders(encoding, sample.ids.length, (id) => collections.get(id)!, stack);
  const recalls = await indexAndVerify({
    store,
    targets,
    record,
    stringsBySab: sumOf(parts.map((part) => part.bySab)),
    sample,
    ...(record.definitions
      ? {
          definitions: {
            targets: definitionTargetsOf(record.definitions, targets),
            sample: mergedSample(parts.flatMap((part) => part.definitions ?? [])),
          },
        }
      : {}),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const generations = (await releaseRecords(store)).filter(
    (r) => r.dataset === dataset && r.release === release,
  );
  await switchTo(store, { ...record, ingestedAt: new Date().toISOString() }, generations);
  await forgetParts(store, dataset, release);
  const encoders = record.encoders.map(({ id, encoded, copied }, i) => {
    return { id, encoded, copied, recallAt10: recalls[i]! };
  });
  const counts = { ...record.counts, rows: 0, skipped: 0 };
  return { status: "ingested", dataset, release, counts, rejectsFile: undefined, encoders };
}

function merged(parts: readonly PartRecord[]): ReleaseRecord {
  const [{ record }] = parts as [PartRecord];
  const encoders = record.encoders.map((encoder, i) => {
    const own = parts.map((part) => part.record.encoders[i]!);
    const total = (of: "encoded" | "copied"): number => own.reduce((sum, e) => sum + e[of], 0);
    return { ...encoder, encoded: total("encoded"), copied: total("copied") };
  });
  return { ...record, encoders };
}

function mergedSample(samples: readonly Sample[]): Sample {
  return {
    ids: samples.flatMap(({ ids }) => ids),
    texts: samples.flatMap(({ texts }) => texts),
  };
}

function definitionTargetsOf(
  { vectors }: NonNullable<ReleaseRecord["definitions"]>,
  targets: readonly EncoderTarget[],
): EncoderTarget[] {
  return vectors.map(({ encoder, collection }) => {
    return { pool: targets.find(({ pool }) => pool.folder.manifest.id === encoder)!.pool, collection };
  });
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const part of counts) for (const [key, n] of Object.entries(part)) sum[key] = (sum[key] ?? 0) + n;
  return sum;
}

function encodersOf(
  { encoders, dataset, release }: PartsPlan,
  known: readonly EncoderFolder[],
): EncoderFolder[] {
  return encoders.map(({ id, hash }) => {
    const folder = known.find((k) => k.hash === hash);
    if (folder) return folder;
    throw new TermduetError(
      "incompatible",
      `the parts of ${dataset} ${release} were encoded with ${id} (${hash}), which is not installed here; finish where it is`,
    );
  });
}
