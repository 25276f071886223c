import type { EncoderFolder } from "../src/encoder/encoder-manifest.ts";
import type { OnProgress } from "../src/terminology/progress.ts";
import { type ReleaseRecord, stringsSpec, vectorsSpec } from "../src/vector-store/release-record.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import { encodeBlock, latestVectors, type VectorSource } from "./encode-block.ts";
import type { EncoderTarget } from "./encoder-targets.ts";
import { Hierarchy } from "./hierarchy.ts";
import type { Journal } from "./journal.ts";
import type { Share } from "./share.ts";
import { documentsOf, readStringBlock, type StringBlock, vectorsOf } from "./string-blocks.ts";
import { addToSample, type Sample } from "./verify-release.ts";

export interface BuildStringsOptions {
  store: VectorStore;
  targets: readonly EncoderTarget[];
  journal: Journal;
  folder: string;
  /** Blocks into which the strings are divided, and which of them are this process's. */
  parts: number;
  share: Share;
  /** For the time left, before the strings are counted. */
  estimatedStrings: number;
  /** Releases of the dataset whose vectors may be copied. */
  records: readonly ReleaseRecord[];
  stringsCollection: string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

export interface StringsResult {
  /** Strings of the release, of all blocks. */
  count: number;
  /** Vectors of this process, an entry per target. */
  encoders: { encoded: number; copied: number }[];
  /** Strings of this process with an atom of each source. */
  bySab: Record<string, number>;
  sample: Sample;
}

interface Filling extends EncoderTarget {
  earlier: VectorSource | undefined;
  encoded: number;
  copied: number;
}

/** Third stage: finds the distinct strings block by block, encodes them and writes them to all collections. */
export async function buildStrings(options: BuildStringsOptions): Promise<StringsResult> {
  const { store, journal, share, targets } = options;
  if (!journal.stage("collections")) {
    const vectors = targets.map((t) => vectorsSpec(t.collection, t.pool.folder.manifest.dimension));
    // Together: a cluster with a node away takes ten seconds for each.
    const specs = [stringsSpec(options.stringsCollection), ...vectors];
    await Promise.all(specs.map((spec) => store.createCollection(spec, share.creation)));
    journal.stageDone("collections", true);
  }
  const filling = targets.map((target) => {
    return { ...target, earlier: earlierVectors(options, target.pool.folder), encoded: 0, copied: 0 };
  });
  const result: StringsResult = {
    count: 0,
    encoders: [],
    bySab: {},
    sample: { ids: [], ordinals: [], texts: [] },
  };
  await writeBlocks(options, filling, result);
  result.encoders = filling.map(({ encoded, copied }) => ({ encoded, copied }));
  return result;
}

/** The collection of an earlier release that was encoded by just these files, the latest first. */
function earlierVectors(
  { store, records }: BuildStringsOptions,
  { hash }: EncoderFolder,
): VectorSource | undefined {
  return latestVectors(store, records, (r) => r.encoders.find((e) => e.hash === hash)?.collection);
}

async function writeBlocks(
  options: BuildStringsOptions,
  targets: readonly Filling[],
  result: StringsResult,
): Promise<void> {
  const { journal, share } = options;
  let writing: Promise<void> = Promise.resolve();
  const progress = new EncodingProgress(options, targets.length);
  const hierarchy = await Hierarchy.read(options.folder);
  try {
    for (let number = 0; number < options.parts; number++) {
      options.signal?.throwIfAborted();
      const block = await readStringBlock(options.folder, number, result.count, hierarchy);
      result.count += block.ids.length;
      progress.found(number, result.count);
      if (!share.has(number)) continue; // read for the row numbers of what comes after
      addToSample(result.sample, block);
      countSources(result.bySab, block);
      for (const target of targets) {
        const done = journal.block(number, target.collection);
        if (done) {
          target.encoded += done.encoded;
          target.copied += done.copied;
          progress.add(block.ids.length, false);
          continue;
        }
        const made = await encodeBlock(block, target.pool, target.earlier, (n) => progress.add(n, true));
        target.encoded += made.encoded;
        target.copied += made.copied;
        // The store writes one block while the encoders work on the next.
        await writing;
        writing = write(options, block, target.collection, vectorsOf(block, made.vectors), made);
        writing.catch(() => undefined); // it is awaited, but later
      }
      if (!journal.block(number, options.stringsCollection)) {
        await writing;
        const none = { encoded: 0, copied: 0 };
        writing = write(options, block, options.stringsCollection, documentsOf(block), none);
        writing.catch(() => undefined);
      }
    }
  } finally {
    await writing.catch((error: unknown) => {
      if (!options.signal?.aborted) throw error;
    });
  }
}

function countSources(bySab: Record<string, number>, { records }: StringBlock): void {
  for (const { atoms } of records)
    for (const sab of new Set(atoms.map((atom) => atom.sab))) bySab[sab] = (bySab[sab] ?? 0) + 1;
}

async function write(
  { store, journal, share }: BuildStringsOptions,
  block: StringBlock,
  collection: string,
  contents: ReturnType<typeof vectorsOf>,
  { encoded, copied }: { encoded: number; copied: number },
): Promise<void> {
  await store.writeBlock(collection, contents, share.writing);
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
    this.#total = this.#share(options.estimatedStrings);
  }

  found(block: number, strings: number): void {
    this.#total = this.#share((strings / (block + 1)) * this.#options.parts);
  }

  add(count: number, report: boolean): void {
    this.#done += count;
    if (report)
      this.#options.onProgress?.({ stage: "encode", done: this.#done, total: this.#total, unit: "vectors" });
  }

  #share(strings: number): number {
    return Math.round(strings / this.#options.share.of) * this.#encoders;
  }
}
