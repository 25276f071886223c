import type { OnProgress } from "../../src/terminology/progress.ts";
import type { Hierarchy } from "../join/hierarchy.ts";
import { addToSample, type Sample } from "../work/sample.ts";
import type { EncoderTarget } from "./encoder-targets.ts";
import { type FillOptions, type ReadyBlock, readyDocuments, readyVectors } from "./fill-collection.ts";
import { documentsOf, readStringBlock, type StringBlock, vectorsOf } from "./string-blocks.ts";

export interface BuildStringsOptions extends FillOptions {
  targets: readonly EncoderTarget[];
  folder: string;
  hierarchy: Hierarchy;
  /** Blocks into which the strings are divided, and which of them are this process's. */
  parts: number;
  /** For the time left, before the strings are counted. */
  estimatedStrings: number;
  stringsCollection: string;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
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

/** Third stage: finds the distinct strings block by block, encodes them and writes them to all collections. */
export async function buildStrings(options: BuildStringsOptions): Promise<StringsResult> {
  const result: StringsResult = {
    count: 0,
    encoders: options.targets.map(() => ({ encoded: 0, copied: 0 })),
    bySab: {},
    sample: { ids: [], texts: [] },
  };
  await writeBlocks(options, result);
  return result;
}

async function writeBlocks(options: BuildStringsOptions, result: StringsResult): Promise<void> {
  const { targets, journal, shard, folder, parts, stringsCollection } = options;
  let writing: Promise<void> = Promise.resolve();
  // The store writes one block while the encoders work on the next.
  const begin = async (ready: ReadyBlock | undefined): Promise<void> => {
    if (!ready) return;
    await writing;
    writing = ready.write();
    writing.catch(() => undefined); // it is awaited, but later
  };
  const progress = new EncodingProgress(options, targets.length);
  try {
    for (let number = 0; number < parts; number++) {
      options.signal?.throwIfAborted();
      const block = await readStringBlock({ folder, number, parts }, result.count, options.hierarchy);
      result.count += block.ids.length;
      progress.found(number, result.count);
      if (!shard.has(number)) continue; // read for the row numbers of what comes after
      addToSample(result.sample, block);
      countSources(result.bySab, block);
      const contents = vectorsOf(block);
      const fillings = targets.map((target, i) => async () => {
        const done = journal.block(number, target.collection);
        if (done) progress.add(block.ids.length, false);
        const onEncoded = (count: number): void => progress.add(count, true);
        const ready = done ? undefined : await readyVectors(options, target, block, contents, onEncoded);
        const { encoded, copied } = done ?? ready!;
        result.encoders[i]!.encoded += encoded;
        result.encoders[i]!.copied += copied;
        return ready;
      });
      const documents = async (): Promise<ReadyBlock | undefined> =>
        journal.block(number, stringsCollection)
          ? undefined
          : readyDocuments(options, stringsCollection, documentsOf(block));
      // Encoding takes all cores for one collection; comparing with copies waits for the store, and so goes together.
      if (options.copied.size > 0) {
        for (const ready of await Promise.all([...fillings, documents].map((make) => make())))
          await begin(ready);
      } else for (const make of [...fillings, documents]) await begin(await make());
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
    return Math.round(strings / this.#options.shard.of) * this.#encoders;
  }
}
