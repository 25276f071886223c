import { rowWidth } from "./cluster-vectors.ts";
import { type Kernel, kernelOver } from "./kernel.ts";
import { type LoadedCodes, NO_ROW, SCAN_BLOCKS } from "./partitioned-codes.ts";
import { Rotation } from "./rotation.ts";
import { starts } from "./starts.ts";
import { BLOCK_CODES, blockBytes, codeBytes, queryTable } from "./vector-codes.ts";

/** Rows that a search may give, as bits by row number; absent: all. */
export type RowFilter = Uint8Array;

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
   * Row numbers of the `wanted` greatest estimates (fewer where fewer pass), in no order. Looks at the nearest partitions until it has
   * seen `scanned` codes that pass.
   */
  candidates(query: Float32Array, wanted: number, scanned: number, filter?: RowFilter): Uint32Array {
    const { layout, memory } = this.#codes;
    const { dimension, blocks } = layout;
    this.#query.set(query);
    this.#rotation.apply(query, 0, this.#rotated);
    const { entries, scale, bias } = queryTable(this.#rotated, dimension);
    new Uint8Array(memory.buffer, this.#tableAt, entries.length).set(entries);
    const products = this.#centreProducts();
    const best = new BestRows(wanted);
    const out = new Uint32Array(memory.buffer, this.#outAt, 2 * SCAN_BLOCKS * BLOCK_CODES);
    const estimates = new Float32Array(memory.buffer, this.#outAt, out.length);
    const size = blockBytes(dimension);
    let seen = 0;
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
          best.add(row, estimates[i + 1]!);
        }
      }
      seen += this.#sizes[p]!;
      if (seen >= scanned) break;
    }
    return best.rows();
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
  readonly #rows: Uint32Array;
  readonly #estimates: Float32Array;
  #count = 0;

  constructor(wanted: number) {
    this.#wanted = wanted;
    this.#rows = new Uint32Array(4 * wanted);
    this.#estimates = new Float32Array(4 * wanted);
  }

  add(row: number, estimate: number): void {
    if (estimate <= this.threshold) return;
    this.#rows[this.#count] = row;
    this.#estimates[this.#count++] = estimate;
    if (this.#count === this.#rows.length) this.#shrink();
  }

  rows(): Uint32Array {
    this.#shrink();
    return this.#rows.slice(0, this.#count);
  }

  #shrink(): void {
    if (this.#count <= this.#wanted) return;
    const ordered = this.#estimates.slice(0, this.#count).sort();
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
