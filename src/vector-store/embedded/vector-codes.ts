import { Rotation } from "./rotation.ts";

/** Codes are kept in blocks of so many, as one SIMD register of the kernel takes them. */
export const BLOCK_CODES = 32;
const ENTRIES = 16;
// Two entries are added in one byte.
const MAX_ENTRY = 127;

/** Bytes of a code: a bit for each coordinate, in whole bytes. */
export function codeBytes(dimension: number): number {
  return Math.ceil(dimension / 8);
}

/** Bytes of a block: its codes, and two float32 for each. */
export function blockBytes(dimension: number): number {
  return BLOCK_CODES * (codeBytes(dimension) + 8);
}

/** A vector as signs of its rotated residual, and two numbers that make an estimate of a cosine of them. */
export interface Code {
  added: number;
  factor: number;
}

/**
 * 1-bit codes of RaBitQ (Gao and Long 2024): with x = c + r, where c is the centre of x's partition and s the signs of r rotated, a
 * query's cosine is about <c,q> + added + factor * <s, q rotated>.
 */
export class CodeWriter {
  readonly #dimension: number;
  readonly #rotation: Rotation;
  readonly #rotated: Float32Array;
  readonly #vector: Float32Array;

  /** `centres` are rows of `dimension` float32. */
  constructor(dimension: number, centres: Float32Array) {
    this.#dimension = dimension;
    this.#rotation = new Rotation(dimension);
    this.#vector = new Float32Array(dimension);
    this.#rotated = new Float32Array(centres.length);
    for (let at = 0; at < centres.length; at += dimension)
      this.#rotation.apply(centres, at, this.#rotated.subarray(at, at + dimension));
  }

  /** The code of the vector at `at` of `vectors` in partition `partition`; its bits go to `bits`, which must be zeros. */
  write(vectors: Float32Array, at: number, partition: number, bits: Uint8Array, bitsAt: number): Code {
    const start = partition * this.#dimension;
    this.#rotation.apply(vectors, at, this.#vector);
    let squares = 0;
    let absolute = 0;
    let ofCentre = 0;
    let withCentre = 0;
    for (let i = 0; i < this.#dimension; i++) {
      const centre = this.#rotated[start + i]!;
      const rest = this.#vector[i]! - centre;
      squares += rest * rest;
      withCentre += rest * centre;
      if (rest > 0) {
        absolute += rest;
        ofCentre += centre;
        bits[bitsAt + (i >> 3)]! |= 1 << (i & 7);
      } else {
        absolute -= rest;
        ofCentre -= centre;
      }
    }
    const factor = absolute === 0 ? 0 : squares / absolute;
    return { added: withCentre - factor * ofCentre, factor };
  }
}

/** Sums of a rotated query's coordinates for each half byte of a code, as bytes: sum = scale * (bytes added up) + bias. */
export interface QueryTable {
  entries: Uint8Array;
  scale: number;
  bias: number;
}

/** `rotated` holds at least 8 * codeBytes(dimension) values; those beyond the dimension are 0. */
export function queryTable(rotated: Float32Array, dimension: number): QueryTable {
  const halves = 2 * codeBytes(dimension);
  let widest = 0;
  let bias = 0;
  for (let half = 0; half < halves; half++) {
    let sum = 0;
    for (let i = 4 * half; i < 4 * half + 4; i++) sum += Math.abs(rotated[i]!);
    bias -= sum;
    widest = Math.max(widest, 2 * sum);
  }
  const scale = widest / MAX_ENTRY || 1;
  const entries = new Uint8Array(halves * ENTRIES);
  for (let half = 0; half < halves; half++) {
    for (let value = 0; value < ENTRIES; value++) {
      let sum = 0;
      for (let bit = 0; bit < 4; bit++) {
        const coordinate = rotated[4 * half + bit]!;
        // From the least sum, in which each coordinate counts against itself.
        sum += Math.abs(coordinate) + (value & (1 << bit) ? coordinate : -coordinate);
      }
      entries[half * ENTRIES + value] = Math.round(sum / scale);
    }
  }
  return { entries, scale, bias };
}

/** Writes a code into its place of a block that begins at `at` of `blocks`. */
export function placeCode(
  blocks: DataView,
  at: number,
  place: number,
  dimension: number,
  bits: Uint8Array,
  bitsAt: number,
  { added, factor }: Code,
): void {
  const bytes = codeBytes(dimension);
  const row = at + (place & 15);
  const shift = place < 16 ? 0 : 4;
  for (let i = 0; i < bytes; i++) {
    const byte = bits[bitsAt + i]!;
    const low = row + 2 * i * ENTRIES;
    blocks.setUint8(low, blocks.getUint8(low) | ((byte & 15) << shift));
    blocks.setUint8(low + ENTRIES, blocks.getUint8(low + ENTRIES) | ((byte >> 4) << shift));
  }
  const numbers = at + BLOCK_CODES * bytes + 4 * place;
  blocks.setFloat32(numbers, added, true);
  blocks.setFloat32(numbers + 4 * BLOCK_CODES, factor, true);
}

/** Marks a place of a block that no vector has: its estimate is below all. */
export function placeNothing(blocks: DataView, at: number, place: number, dimension: number): void {
  blocks.setFloat32(at + BLOCK_CODES * codeBytes(dimension) + 4 * place, Number.NEGATIVE_INFINITY, true);
}
