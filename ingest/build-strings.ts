import type { EncoderFolder } from "../src/encoder/encoder-manifest.ts";
import { EncoderPool } from "../src/encoder/encoder-pool.ts";
import type { Provider } from "../src/encoder/providers.ts";
import type { OnProgress } from "../src/terminology/progress.ts";
import { type ReleaseRecord, stringsSpec, vectorsSpec } from "../src/vector-store/release-record.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import { encodeBlock, type VectorSource } from "./encode-block.ts";
import { Hierarchy } from "./hierarchy.ts";
import type { Journal } from "./journal.ts";
import { documentsOf, readStringBlock, type StringBlock, vectorsOf } from "./string-blocks.ts";
import { addToSample, type Sample, verifyCollection } from "./verify-release.ts";

export interface BuildStringsOptions {
  store: VectorStore;
  encoders: readonly EncoderFolder[];
  provider: Provider;
  workers: number;
  journal: Journal;
  folder: string;
  parts: number;
  /** For the time left, before the strings are counted. */
  estimatedStrings: number;
  /** Releases of the dataset whose vectors may be copied. */
  records: readonly ReleaseRecord[];
  conceptsCollection: string;
  stringsCollection: string;
  vectorsCollection: (encoder: string) => string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

export interface StringsResult {
  count: number;
  encoders: (ReleaseRecord["encoders"][number] & { recallAt10: number })[];
}

interface Target {
  pool: EncoderPool;
  collection: string;
  earlier: VectorSource | undefined;
  encoded: number;
  copied: number;
}

// Weights of a small encoder stay in the cache with a thousand tokens; a GPU wants far more at once.
const TOKEN_BUDGET = { cpu: 1024, gpu: 32_768 };

/** Third stage: finds the distinct strings block by block, encodes them, writes, indexes and verifies all collections. */
export async function buildStrings(options: BuildStringsOptions): Promise<StringsResult> {
  const { store, journal } = options;
  await using pools = new AsyncDisposableStack();
  const targets: Target[] = [];
  for (const folder of options.encoders) {
    const tokenBudget = options.provider === "cpu" ? TOKEN_BUDGET.cpu : TOKEN_BUDGET.gpu;
    const load = { provider: options.provider, threads: 1, tokenBudget };
    const pool = pools.use(await EncoderPool.start(folder, options.workers, load));
    const collection = options.vectorsCollection(folder.manifest.id);
    targets.push({ pool, collection, earlier: earlierVectors(options, folder), encoded: 0, copied: 0 });
  }
  if (!journal.stage("collections")) {
    await store.createCollection(stringsSpec(options.stringsCollection));
    for (const { pool, collection } of targets)
      await store.createCollection(vectorsSpec(collection, pool.folder.manifest.dimension));
    journal.stageDone("collections", true);
  }
  const sample: Sample = { ids: [], ordinals: [], texts: [] };
  const count = await writeBlocks(options, targets, sample);
  const collections = [
    options.conceptsCollection,
    options.stringsCollection,
    ...targets.map((t) => t.collection),
  ];
  for (const collection of collections) {
    options.signal?.throwIfAborted();
    if (journal.stage(`index ${collection}`)) continue;
    await store.finishCollection(collection, options.onProgress);
    journal.stageDone(`index ${collection}`, true);
  }
  const encoders: StringsResult["encoders"] = [];
  for (const [i, { pool, collection, encoded, copied }] of targets.entries()) {
    options.onProgress?.({ stage: "verify", done: i, total: targets.length, unit: "collections" });
    const { recallAt10 } = await verifyCollection(store, collection, pool, count, sample);
    const { manifest, hash } = pool.folder;
    encoders.push({
      id: manifest.id,
      hash,
      dimension: manifest.dimension,
      collection,
      encoded,
      copied,
      recallAt10,
    });
  }
  return { count, encoders };
}

/** The collection of an earlier release that was encoded by just these files, the latest first. */
function earlierVectors(
  { store, records }: BuildStringsOptions,
  folder: EncoderFolder,
): VectorSource | undefined {
  const latestFirst = [...records].sort((a, b) => (a.ingestedAt < b.ingestedAt ? 1 : -1));
  for (const record of latestFirst) {
    const match = record.encoders.find((e) => e.hash === folder.hash);
    if (match) return { store, collection: match.collection };
  }
  return undefined;
}

async function writeBlocks(
  options: BuildStringsOptions,
  targets: readonly Target[],
  sample: Sample,
): Promise<number> {
  let ordinal = 0;
  let writing: Promise<void> = Promise.resolve();
  const progress = new EncodingProgress(options, targets.length);
  const hierarchy = await Hierarchy.read(options.folder);
  try {
    for (let number = 0; number < options.parts; number++) {
      options.signal?.throwIfAborted();
      const block = await readStringBlock(options.folder, number, ordinal, hierarchy);
      addToSample(sample, block);
      ordinal += block.ids.length;
      progress.found(number, ordinal);
      for (const target of targets) {
        const done = options.journal.block(number, target.collection);
        if (done) {
          target.encoded += done.encoded;
          target.copied += done.copied;
          progress.add(block.ids.length, false);
          continue;
        }
        const result = await encodeBlock(block, target.pool, target.earlier, (n) => progress.add(n, true));
        target.encoded += result.encoded;
        target.copied += result.copied;
        // The store writes one block while the encoders work on the next.
        await writing;
        writing = write(options, block, target.collection, vectorsOf(block, result.vectors), result);
        writing.catch(() => undefined); // it is awaited, but later
      }
      if (!options.journal.block(number, options.stringsCollection)) {
        await writing;
        writing = write(options, block, options.stringsCollection, documentsOf(block), {
          encoded: 0,
          copied: 0,
        });
        writing.catch(() => undefined);
      }
    }
  } finally {
    await writing.catch((error: unknown) => {
      if (!options.signal?.aborted) throw error;
    });
  }
  return ordinal;
}

async function write(
  { store, journal }: BuildStringsOptions,
  block: StringBlock,
  collection: string,
  contents: ReturnType<typeof vectorsOf>,
  { encoded, copied }: { encoded: number; copied: number },
): Promise<void> {
  await store.writeBlock(collection, contents);
  journal.blockDone(block.number, collection, { count: block.ids.length, encoded, copied });
}

/** Counts vectors over all encoders; the total is estimated from the blocks seen so far. */
class EncodingProgress {
  readonly #options: BuildStringsOptions;
  readonly #encoders: number;
  #done = 0;
  #total: number;

  constructor(options: BuildStringsOptions, encoders: number) {
    this.#options = options;
    this.#encoders = encoders;
    this.#total = options.estimatedStrings * encoders;
  }

  found(block: number, strings: number): void {
    this.#total = Math.round((strings / (block + 1)) * this.#options.parts) * this.#encoders;
  }

  add(count: number, report: boolean): void {
    this.#done += count;
    if (report)
      this.#options.onProgress?.({ stage: "encode", done: this.#done, total: this.#total, unit: "vectors" });
  }
}
