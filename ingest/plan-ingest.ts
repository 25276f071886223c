import { existsSync } from "node:fs";
import { verifyEncoderFolder } from "../src/encoder/encoder-manifest.ts";
import type { ReleaseSource } from "../src/terminology/release-source.ts";
import { TermduetError } from "../src/terminology/termduet-error.ts";
import {
  checkSpelling,
  collectionName,
  type ReleaseRecord,
  releaseRecords,
} from "../src/vector-store/release-record.ts";
import { requireWhole } from "./finish/check-release.ts";
import { switchTo } from "./finish/finish-release.ts";
import type { IngestOptions, IngestSummary } from "./ingest-options.ts";
import { lockDataset } from "./work/dataset-lock.ts";
import { nextGeneration, takeGeneration } from "./work/generations.ts";
import { Journal } from "./work/journal.ts";
import { donePart, type PartsPlan, withGenerationOfParts } from "./work/part-records.ts";
import { isUnchanged, releaseFingerprint } from "./work/release-fingerprint.ts";
import type { Shard } from "./work/shard.ts";

/** What the releases in the store are when a run begins, and what this run makes beside them. */
export interface Plan {
  /** All generations of this release that the store has, the latest last. */
  generations: readonly ReleaseRecord[];
  /** All releases of the dataset. */
  ofDataset: readonly ReleaseRecord[];
  generation: number;
  fingerprint: string;
  /** What all processes that ingest the release by parts have in common. */
  shared: Omit<PartsPlan, "blocks">;
  journal: Journal;
}

/** What the store has already of the release, or of this process's part. */
export type AlreadyDone = Pick<IngestSummary, "status" | "counts" | "encoders">;

export interface PlanContext {
  options: IngestOptions;
  source: ReleaseSource;
  shard: Shard;
  /** The run's work folder. */
  folder: string;
  /** Locks and the journal go on it. */
  stack: AsyncDisposableStack;
}

/** Decides what there is to do, and keeps others from doing it too. Errors: `conflict`, `usage`, `bad-input` for what is damaged. */
export async function planIngest(context: PlanContext): Promise<{ plan: Plan } | { done: AlreadyDone }> {
  const { options, source, shard, folder, stack } = context;
  const { store, encoders, filters, mode, signal, dataset, release, workFolder } = options;
  if (encoders.length === 0)
    throw new TermduetError("usage", "no encoder to ingest with; name one by --encoder");
  for (const encoder of encoders) await verifyEncoderFolder(encoder);
  if (shard.isWhole) stack.use(lockDataset(store, dataset, `an ingest of ${dataset} ${release}`, workFolder));
  const fingerprint = releaseFingerprint(await source.fingerprint(signal), filters);
  const records = await releaseRecords(store);
  checkSpelling(records, { dataset, release });
  const ofDataset = records.filter((r) => r.dataset === dataset);
  const generations = ofDataset.filter((r) => r.release === release);
  const before = generations.at(-1);
  if (before && mode !== "restart" && isUnchanged(before, fingerprint, encoders)) {
    await requireWhole(store, before);
    // A run that was killed between its last steps has left its folder.
    if (existsSync(folder)) await switchTo(store, before, generations, folder);
    const copied = before.encoders.map(({ id }) => ({ id, encoded: 0, copied: before.counts.strings }));
    return {
      done: { status: "unchanged", counts: { ...before.counts, rows: 0, skipped: 0 }, encoders: copied },
    };
  }
  const shared = await sharedPlan(options, shard, fingerprint);
  const part = shard.isWhole || mode === "restart" ? undefined : await donePart(store, shared, shard.part);
  if (part) {
    const { counts, encoders: made } = part.record;
    return { done: { status: "part", counts: { ...counts, rows: 0, skipped: 0 }, encoders: made } };
  }
  const { of: _, ...own } = shared;
  const journal = stack.use(new Journal(folder, { ...own, store: store.url }, mode));
  const { generation } = journal;
  const name = (content: string): string => collectionName(dataset, release, generation, content);
  // Parts take theirs later, when the processes have agreed.
  if (shard.isWhole) await takeGeneration(store, shared, journal, name);
  return {
    plan: { generations, ofDataset, generation, fingerprint, shared: { ...shared, generation }, journal },
  };
}

async function sharedPlan(
  { store, dataset, release, encoders }: IngestOptions,
  shard: Shard,
  fingerprint: string,
): Promise<Omit<PartsPlan, "blocks">> {
  const generation = await nextGeneration(store, { dataset, release });
  const made = encoders.map(({ manifest, hash }) => ({ id: manifest.id, hash }));
  const plan = { dataset, release, generation, fingerprint, encoders: made, of: shard.of };
  return shard.isWhole ? plan : withGenerationOfParts(store, plan);
}
