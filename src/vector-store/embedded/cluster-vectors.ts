import { kernelOver, sharedMemory } from "./kernel.ts";

const ITERATIONS = 8;

/** Float32 values of a row as the kernel takes it: a multiple of four. */
export function rowWidth(dimension: number): number {
  return Math.ceil(dimension / 4) * 4;
}

/** Finds for vectors the partition whose centre is nearest by Euclidean distance. */
export class NearestCentre {
  readonly partitions: number;
  readonly #width: number;
  readonly #dimension: number;
  readonly #products: () => void;
  readonly #query: Float32Array;
  readonly #rows: Float32Array;
  readonly #out: Float32Array;
  readonly #half: Float64Array;

  constructor(dimension: number, centres: Float32Array) {
    this.#dimension = dimension;
    this.#width = rowWidth(dimension);
    this.partitions = centres.length / dimension;
    const bytes = 4 * this.#width;
    const memory = sharedMemory(bytes * (this.partitions + 1) + 4 * this.partitions);
    const kernel = kernelOver(memory);
    this.#query = new Float32Array(memory.buffer, 0, this.#width);
    this.#rows = new Float32Array(memory.buffer, bytes, this.#width * this.partitions);
    const out = bytes * (this.partitions + 1);
    this.#out = new Float32Array(memory.buffer, out, this.partitions);
    this.#half = new Float64Array(this.partitions);
    this.#products = () => kernel.products(0, bytes, this.partitions, bytes, out);
    this.moveTo(centres);
  }

  moveTo(centres: Float32Array): void {
    for (let p = 0; p < this.partitions; p++) {
      let squares = 0;
      for (let i = 0; i < this.#dimension; i++) {
        const value = centres[p * this.#dimension + i]!;
        this.#rows[p * this.#width + i] = value;
        squares += value * value;
      }
      this.#half[p] = squares / 2;
    }
  }

  of(vectors: Float32Array, at: number): number {
    for (let i = 0; i < this.#dimension; i++) this.#query[i] = vectors[at + i]!;
    this.#products();
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let p = 0; p < this.partitions; p++) {
      const score = this.#out[p]! - this.#half[p]!;
      if (score > most) {
        most = score;
        best = p;
      }
    }
    return best;
  }
}

/** Centres of k-means over a sample (rows of `dimension`), from rows of it spread evenly. A centre that loses all its rows stays. */
export function clusterVectors(sample: Float32Array, dimension: number, partitions: number): Float32Array {
  const count = sample.length / dimension;
  const centres = new Float32Array(partitions * dimension);
  for (let p = 0; p < partitions; p++) {
    const row = Math.floor((p * count) / partitions);
    centres.set(sample.subarray(row * dimension, (row + 1) * dimension), p * dimension);
  }
  const nearest = new NearestCentre(dimension, centres);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const sums = new Float64Array(partitions * dimension);
    const sizes = new Uint32Array(partitions);
    for (let row = 0; row < count; row++) {
      const p = nearest.of(sample, row * dimension);
      sizes[p]!++;
      for (let i = 0; i < dimension; i++) sums[p * dimension + i]! += sample[row * dimension + i]!;
    }
    for (let p = 0; p < partitions; p++) {
      if (sizes[p] === 0) continue;
      for (let i = 0; i < dimension; i++) centres[p * dimension + i] = sums[p * dimension + i]! / sizes[p]!;
    }
    nearest.moveTo(centres);
  }
  return centres;
}
