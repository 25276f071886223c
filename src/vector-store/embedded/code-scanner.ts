import { rowWidth } from "./cluster-vectors.ts";
import { type Kernel, kernelOver } from "./kernel.ts";
import { type LoadedCodes, NO_ROW, SCAN_BLOCKS } from "./partitioned-codes.ts";
import { Rotation } from "./rotation.ts";
import { starts } from "./starts.ts";
import { BLOCK_CODES, blockBytes, codeBytes, queryTable } from "./vector-codes.ts";

/** Rows that a search may give, as bits by row number; absent: all. */
export type RowFilter = Uint8Array;

export interface ScanOptions {
  /** So many of the candidates are asked for in the end. */
  limit: number;
  wanted: number;
  scanned: number;
  patience: number;
}

/** Rows by their estimated cosine, greatest first. */
export interface Candidates {
  rows: Uint32Array;
  estimates: Float32Array;
}

/** Finds candidates among codes, in one thread. */
export class CodeScanner {
  readonly #codes: LoadedCodes;
  readonly #kernel: Kernel;
  readonly #rotation: Rotation;
  readonly #rotated: Float32Array;
  readonly #query: Float32Array;
  readonly #rows: Uint32Array;
  readonly #half: Float64Array;
  readonly #firstBlock: number[];
  readonly #sizes: number[];
  readonly #tableAt: number;
  readonly #productsAt: number;
  readonly #outAt: number;

  /** `thread` counts the threads that share the codes, from 0. */
  constructor(codes: LoadedCodes, thread: number) {
    const { layout, memory } = codes;
    const { dimension, blocks } = layout;
    const width = rowWidth(dimension);
    this.#codes = codes;
    this.#kernel = kernelOver(memory);
    this.#rotation = new Rotation(dimension);
    this.#rotated = new Float32Array(8 * codeBytes(dimension));
    const scratch = layout.scratch + thread * layout.scratchBytes;
    this.#query = new Float32Array(memory.buffer, scratch, width);
    this.#tableAt = scratch + 4 * width;
    this.#productsAt = this.#tableAt + 32 * codeBytes(dimension);
    this.#outAt = Math.ceil((this.#productsAt + 4 * blocks.length) / 8) * 8;
    this.#firstBlock = starts(blocks);
    const total = blocks.reduce((sum, n) => sum + n, 0);
    this.#rows = new Uint32Array(memory.buffer, layout.rows, total * BLOCK_CODES);
    this.#sizes = blocks.map((n, p) => this.#sizeOf(this.#firstBlock[p]!, n));
    const centres = new Float32Array(memory.buffer, layout.centres, blocks.length * width);
    this.#half = Float64Array.from(blocks, (_, p) => {
      let squares = 0;
      for (let i = p * width; i < (p + 1) * width; i++) squares += centres[i]! * centres[i]!;
      return squares / 2;
    });
  }

  /**
   * The `wanted` greatest estimates (fewer where fewer pass), greatest first. Looks at the nearest partitions until it has seen
   * `scanned` codes, or `patience` of them in which nothing was found that belongs to the first `limit`.
   */
  candidates(
    query: Float32Array,
    { limit, wanted, scanned, patience }: ScanOptions,
    filter?: RowFilter,
  ): Candidates {
    const { layout, memory } = this.#codes;
    const { dimension, blocks } = layout;
    this.#query.set(query);
    this.#rotation.apply(query, 0, this.#rotated);
    const { entries, scale, bias } = queryTable(this.#rotated, dimension);
    new Uint8Array(memory.buffer, this.#tableAt, entries.length).set(entries);
    const products = this.#centreProducts();
    const best = new BestRows(wanted, limit);
    const out = new Uint32Array(memory.buffer, this.#outAt, 2 * SCAN_BLOCKS * BLOCK_CODES);
    const estimates = new Float32Array(memory.buffer, this.#outAt, out.length);
    const size = blockBytes(dimension);
    let seen = 0;
    let sinceFound = 0;
    for (const p of this.#nearestPartitions(products)) {
      const last = this.#firstBlock[p]! + blocks[p]!;
      for (let block = this.#firstBlock[p]!; block < last; block += SCAN_BLOCKS) {
        const found = this.#kernel.scan(
          layout.codes + block * size,
          Math.min(SCAN_BLOCKS, last - block),
          this.#tableAt,
          this.#tableAt + entries.length,
          products[p]!,
          scale,
          bias,
          best.threshold,
          block * BLOCK_CODES,
          this.#outAt,
        );
        for (let i = 0; i < 2 * found; i += 2) {
          const row = this.#rows[out[i]!]!;
          if (filter && !((filter[row >> 3]! >> (row & 7)) & 1)) continue;
          if (best.add(row, estimates[i + 1]!)) sinceFound = 0;
        }
      }
      seen += this.#sizes[p]!;
      sinceFound += this.#sizes[p]!;
      if (seen >= scanned || sinceFound >= patience) break;
    }
    return best.ordered();
  }

  /** Rows of a partition: the last of its blocks may hold less than 32. */
  #sizeOf(first: number, blocks: number): number {
    let size = blocks * BLOCK_CODES;
    while (size > 0 && this.#rows[first * BLOCK_CODES + size - 1] === NO_ROW) size--;
    return size;
  }

  #centreProducts(): Float32Array {
    const { layout, memory } = this.#codes;
    const { length } = layout.blocks;
    const bytes = 4 * rowWidth(layout.dimension);
    this.#kernel.products(this.#query.byteOffset, layout.centres, length, bytes, this.#productsAt);
    return new Float32Array(memory.buffer, this.#productsAt, length);
  }

  #nearestPartitions(products: Float32Array): Uint32Array {
    const score = (p: number): number => products[p]! - this.#half[p]!;
    return Uint32Array.from(products.keys()).sort((a, b) => score(b) - score(a));
  }
}

/** The rows with the greatest estimates so far. */
class BestRows {
  /** What an estimate must be above to be among them. */
  threshold = Number.NEGATIVE_INFINITY;
  readonly #wanted: number;
  readonly #limit: number;
  readonly #rows: Uint32Array;
  readonly #estimates: Float32Array;
  #count = 0;
  /** What an estimate must be above to be among the first `limit`. */
  #limitThreshold = Number.NEGATIVE_INFINITY;

  constructor(wanted: number, limit: number) {
    this.#wanted = wanted;
    this.#limit = Math.min(limit, wanted);
    this.#rows = new Uint32Array(4 * wanted);
    this.#estimates = new Float32Array(4 * wanted);
  }

  /** Whether the row is among the first `limit` for now. */
  add(row: number, estimate: number): boolean {
    if (estimate <= this.threshold) return false;
    this.#rows[this.#count] = row;
    this.#estimates[this.#count++] = estimate;
    if (this.#count === this.#rows.length) this.#shrink();
    return estimate > this.#limitThreshold;
  }

  ordered(): Candidates {
    this.#shrink();
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i);
    order.sort((a, b) => this.#estimates[b]! - this.#estimates[a]!);
    return {
      rows: order.map((i) => this.#rows[i]!),
      estimates: Float32Array.from(order, (i) => this.#estimates[i]!),
    };
  }

  #shrink(): void {
    const ordered = this.#estimates.slice(0, this.#count).sort();
    if (this.#count >= this.#limit) this.#limitThreshold = ordered[this.#count - this.#limit]!;
    if (this.#count <= this.#wanted) return;
    this.threshold = ordered[this.#count - this.#wanted]!;
    let above = 0;
    for (let i = 0; i < this.#count; i++) if (this.#estimates[i]! > this.threshold) above++;
    let equal = this.#wanted - above;
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      const estimate = this.#estimates[i]!;
      if (estimate < this.threshold || (estimate === this.threshold && equal-- <= 0)) continue;
      this.#rows[kept] = this.#rows[i]!;
      this.#estimates[kept++] = estimate;
    }
    this.#count = kept;
  }
}
