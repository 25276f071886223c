import type { Block, VectorStore } from "../../src/vector-store/vector-store.ts";
import type { Journal } from "../work/journal.ts";
import type { Shard } from "../work/shard.ts";
import { type BlockVectors, encodeBlock, type TextBlock } from "./encode-block.ts";
import type { EncoderTarget } from "./encoder-targets.ts";

export interface FillOptions {
  store: VectorStore;
  journal: Journal;
  shard: Shard;
  /** Collections that began as copies of an earlier release's. */
  copied: ReadonlySet<string>;
  /** For a collection the one of an earlier release that has the same of it. */
  earlier: ReadonlyMap<string, string | undefined>;
  /** Whether what is damaged in an earlier release is encoded anew: else it is refused. */
  mends: boolean;
}

/** A block that is ready to be written. `write` keeps it, and says so in the journal. */
export interface ReadyBlock {
  encoded: number;
  copied: number;
  write: () => Promise<void>;
}

/**
 * Vectors of a block: those that the collection or the earlier one lacks are encoded. `contents` is what is written, without
 * its vectors.
 */
export async function readyVectors(
  options: FillOptions,
  { pool, collection }: EncoderTarget,
  block: TextBlock & { number: number },
  contents: Block,
  onEncoded: (count: number) => void,
): Promise<ReadyBlock> {
  const { store, copied, shard } = options;
  const earlier = options.earlier.get(collection);
  const source = earlier === undefined ? undefined : { store, collection: earlier, mends: options.mends };
  if (!copied.has(collection)) {
    const made = await encodeBlock(block, pool, source, onEncoded);
    return ready(options, block, collection, made, () =>
      store.writeBlock(collection, { ...contents, vectors: made.vectors }, shard.writing),
    );
  }
  const changes = await store.copies!.compare(collection, contents);
  const held = block.ids.length - changes.missing.length;
  onEncoded(held);
  // Of an imported release, whose records have no keys, nothing is found again, and all can be had from it.
  const other = held < changes.missing.length ? source : undefined;
  const made = await encodeBlock(rowsOf(block, changes.missing), pool, other, onEncoded);
  const counts = { encoded: made.encoded, copied: held + made.copied };
  return ready(options, block, collection, counts, () =>
    store.copies!.amend(collection, { ...contents, vectors: made.vectors }, changes),
  );
}

/** Documents of a block. */
export async function readyDocuments(
  options: FillOptions,
  collection: string,
  contents: Block,
): Promise<ReadyBlock> {
  const { store, copied, shard } = options;
  const none = { encoded: 0, copied: 0 };
  if (!copied.has(collection)) {
    return ready(options, contents, collection, none, () =>
      store.writeBlock(collection, contents, shard.writing),
    );
  }
  const changes = await store.copies!.compare(collection, contents);
  return ready(options, contents, collection, none, () => store.copies!.amend(collection, contents, changes));
}

function ready(
  { journal }: FillOptions,
  { number, ids }: { number: number; ids: readonly string[] },
  collection: string,
  { encoded, copied }: Pick<BlockVectors, "encoded" | "copied">,
  write: () => Promise<void>,
): ReadyBlock {
  return {
    encoded,
    copied,
    write: async () => {
      await write();
      journal.blockDone(number, collection, { count: ids.length, encoded, copied });
    },
  };
}

function rowsOf(block: TextBlock, rows: readonly number[]): TextBlock {
  return {
    firstOrdinal: block.firstOrdinal,
    ids: rows.map((row) => block.ids[row]!),
    texts: rows.map((row) => block.texts[row]!),
    ...(block.contexts ? { contexts: rows.map((row) => block.contexts![row]) } : {}),
    buckets: rows.map((row) => block.buckets[row]!),
  };
}
