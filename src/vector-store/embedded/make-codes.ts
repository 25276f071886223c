import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { clusterVectors, NearestCentre, rowWidth } from "./cluster-vectors.ts";
import type { EncodedRows } from "./index-jobs.ts";
import type { IndexThreads } from "./index-threads.ts";
import { CODES_FORMAT, type CodesHeader, HEADER_BYTES, layoutOf, NO_ROW } from "./partitioned-codes.ts";
import { starts } from "./starts.ts";
import { BLOCK_CODES, blockBytes, CodeWriter, codeBytes, placeCode, placeNothing } from "./vector-codes.ts";
import { VectorRows } from "./vector-rows.ts";

const SAMPLE_PER_PARTITION = 128;
const READ_ROWS = 4096;
/** Rows that a thread encodes at a time. */
const ENCODE_ROWS = 65_536;

/** Centres of partitions, from a sample that is spread evenly over the rows. */
export function clusterRows(
  path: string,
  dimension: number,
  count: number,
  partitions: number,
): Float32Array {
  const size = Math.min(count, partitions * SAMPLE_PER_PARTITION);
  const sample = new Float32Array(size * dimension);
  using rows = VectorRows.open(path, dimension);
  for (let from = 0; from < size; from += READ_ROWS) {
    const to = Math.min(size, from + READ_ROWS);
    const read = rows.read(
      Array.from({ length: to - from }, (_, i) => Math.floor(((from + i) * count) / size)),
    );
    for (let i = from; i < to; i++) read.copyTo(i - from, sample, i * dimension);
  }
  return clusterVectors(sample, dimension, partitions);
}

/** Partitions and codes of rows `from` to `to` (exclusive). */
export function encodeRows(
  path: string,
  dimension: number,
  from: number,
  to: number,
  centres: Float32Array,
): EncodedRows {
  using rows = VectorRows.open(path, dimension);
  const nearest = new NearestCentre(dimension, centres);
  const writer = new CodeWriter(dimension, centres);
  const bytes = codeBytes(dimension);
  const partitions = new Uint16Array(to - from);
  const bits = new Uint8Array((to - from) * bytes);
  const numbers = new Float32Array(2 * (to - from));
  const vector = new Float32Array(dimension);
  for (let first = from; first < to; first += READ_ROWS) {
    const read = rows.readRange(first, Math.min(to, first + READ_ROWS));
    for (let row = first; row < Math.min(to, first + READ_ROWS); row++) {
      const at = row - from;
      read.copyTo(row - first, vector, 0);
      const partition = nearest.of(vector, 0);
      const { added, factor } = writer.write(vector, 0, partition, bits, at * bytes);
      partitions[at] = partition;
      numbers[2 * at] = added;
      numbers[2 * at + 1] = factor;
    }
  }
  return { partitions, bits, numbers };
}

export interface MakeCodesOptions {
  /** The file of vectors, without its ending. */
  rows: string;
  dimension: number;
  count: number;
  partitions: number;
  /** The file that is made; it is on the disk when the promise resolves. */
  file: string;
  threads: IndexThreads;
  onProgress?: (done: number, total: number) => void;
}

/** Makes the codes of all vectors of a collection, divided by partition. */
export async function makeCodes(options: MakeCodesOptions): Promise<void> {
  const { rows, dimension, count, partitions, threads, onProgress } = options;
  const centres = await threads.run({ kind: "cluster", rows, dimension, count, partitions });
  const starts = Array.from({ length: Math.ceil(count / ENCODE_ROWS) }, (_, i) => i * ENCODE_ROWS);
  let done = 0;
  const encoded = await Promise.all(
    starts.map(async (from) => {
      const to = Math.min(count, from + ENCODE_ROWS);
      const part = await threads.run({ kind: "encode", rows, dimension, from, to, centres });
      done += to - from;
      onProgress?.(done, count);
      return part;
    }),
  );
  writeCodes(options, centres, encoded);
}

function writeCodes(
  { dimension, count, partitions, file }: MakeCodesOptions,
  centres: Float32Array,
  encoded: readonly EncodedRows[],
): void {
  const sizes = new Uint32Array(partitions);
  for (const part of encoded) for (const partition of part.partitions) sizes[partition]!++;
  const blocks = Array.from(sizes, (size) => Math.ceil(size / BLOCK_CODES));
  const header: CodesHeader = { format: CODES_FORMAT, dimension, count, blocks };
  const layout = layoutOf(header);
  const bytes = Buffer.alloc(layout.scratch);
  const width = rowWidth(dimension);
  const kept = new Float32Array(bytes.buffer, bytes.byteOffset + layout.centres, partitions * width);
  for (let p = 0; p < partitions; p++)
    kept.set(centres.subarray(p * dimension, (p + 1) * dimension), p * width);
  placeRows(bytes, header, encoded);
  const head = Buffer.alloc(HEADER_BYTES, " ");
  head.write(JSON.stringify(header));
  const fd = openSync(file, "w");
  try {
    for (const part of [head, bytes])
      for (let at = 0; at < part.length; ) at += writeSync(fd, part, at, Math.min(part.length - at, 2 ** 30));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function placeRows(bytes: Buffer, header: CodesHeader, encoded: readonly EncodedRows[]): void {
  const { dimension, blocks } = header;
  const layout = layoutOf(header);
  const total = blocks.reduce((sum, n) => sum + n, 0);
  const rows = new Uint32Array(bytes.buffer, bytes.byteOffset + layout.rows, total * BLOCK_CODES).fill(
    NO_ROW,
  );
  const codes = new DataView(bytes.buffer, bytes.byteOffset + layout.codes, total * blockBytes(dimension));
  const next = starts(blocks.map((n) => n * BLOCK_CODES));
  let row = 0;
  for (const { partitions, bits, numbers } of encoded) {
    for (let i = 0; i < partitions.length; i++, row++) {
      const position = next[partitions[i]!]!++;
      rows[position] = row;
      const code = { added: numbers[2 * i]!, factor: numbers[2 * i + 1]! };
      const block = Math.floor(position / BLOCK_CODES) * blockBytes(dimension);
      placeCode(codes, block, position % BLOCK_CODES, dimension, bits, i * codeBytes(dimension), code);
    }
  }
  for (let position = 0; position < rows.length; position++) {
    if (rows[position] !== NO_ROW) continue;
    const block = Math.floor(position / BLOCK_CODES) * blockBytes(dimension);
    placeNothing(codes, block, position % BLOCK_CODES, dimension);
  }
}
