import type { Encoder } from "../../src/encoder/encoder-pool.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";

/** Texts in the order of bucket and id: strings, or definitions. */
export interface TextBlock {
  firstOrdinal: number;
  ids: readonly string[];
  texts: readonly string[];
  /** For each text the one in which it stands, if it stands in one. */
  contexts?: readonly (string | undefined)[];
  buckets: readonly number[];
}

/** Where vectors of the same encoder may be copied from. */
export interface VectorSource {
  store: VectorStore;
  collection: string;
  /** Encodes anew what is damaged there, in the place of refusing it. */
  mends: boolean;
}

export interface BlockVectors {
  /** Row i belongs to string i of the block. */
  vectors: Float32Array;
  encoded: number;
  copied: number;
}

/** Texts that a worker gets at once: enough that those of one length fill whole batches, few enough to share them. */
export const SLICE = 2048;
const UNIT_TOLERANCE = 1e-3;

/**
 * Vectors of a block: copied from an earlier release where the string is in it (a string's vector never changes for an
 * encoder), encoded where it is new. Texts go to the workers in the order of their length, so that a worker's slice
 * holds sequences of few lengths.
 */
export async function encodeBlock(
  block: TextBlock,
  encoder: Encoder,
  earlier: VectorSource | undefined,
  onEncoded: (count: number) => void,
): Promise<BlockVectors> {
  const { dimension } = encoder.folder.manifest;
  const vectors = new Float32Array(block.ids.length * dimension);
  const missing = earlier ? await copyVectors(block, dimension, vectors, earlier) : [...block.ids.keys()];
  const copied = block.ids.length - missing.length;
  onEncoded(copied);
  missing.sort((a, b) => block.texts[a]!.length - block.texts[b]!.length || a - b);
  const slices: number[][] = [];
  for (let start = 0; start < missing.length; start += SLICE)
    slices.push(missing.slice(start, start + SLICE));
  await Promise.all(
    slices.map(async (slice) => {
      const result = await encoder.encode(
        slice.map((i) => block.texts[i]!),
        "string",
        ...(block.contexts ? [slice.map((i) => block.contexts![i])] : []),
      );
      for (const [row, i] of slice.entries()) {
        vectors.set(result.vectors.subarray(row * dimension, (row + 1) * dimension), i * dimension);
      }
      onEncoded(slice.length);
    }),
  );
  checkLengths(block, vectors, encoder);
  return { vectors, encoded: missing.length, copied };
}

/** A vector that is not finite or not of unit length would be found for anything, or for nothing. */
function checkLengths({ ids }: TextBlock, vectors: Float32Array, { folder }: Encoder): void {
  const { dimension, id: encoder } = folder.manifest;
  for (const [row, id] of ids.entries()) {
    let squares = 0;
    for (let i = row * dimension; i < (row + 1) * dimension; i++) squares += vectors[i]! * vectors[i]!;
    if (Math.abs(squares - 1) < UNIT_TOLERANCE) continue; // NaN is not less
    const length = Math.sqrt(squares);
    throw new TermduetError(
      "internal",
      `${encoder} gives string ${id} a vector of length ${length}, not of 1`,
    );
  }
}

const DAMAGED: ReadonlySet<string> = new Set(["bad-input", "not-found"]);

/** Fills in what the earlier collection holds; returns the positions that it lacks. */
async function copyVectors(
  block: TextBlock,
  dimension: number,
  into: Float32Array,
  earlier: VectorSource,
): Promise<number[]> {
  if (block.ids.length === 0) return [];
  const wanted = new Map(block.ids.map((id, i) => [id, i]));
  const [from, to] = [block.buckets[0]!, block.buckets.at(-1)! + 1];
  try {
    for await (const rows of earlier.store.scan(earlier.collection, "bucket", from, to)) {
      for (const { id, vector } of rows) {
        const position = wanted.get(id);
        if (position === undefined) continue;
        into.set(vector, position * dimension);
        wanted.delete(id);
      }
    }
  } catch (error) {
    if (!earlier.mends || !(error instanceof TermduetError) || !DAMAGED.has(error.code)) throw error;
  }
  return [...wanted.values()];
}
