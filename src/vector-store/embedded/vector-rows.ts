import { TermduetError } from "../../terminology/termduet-error.ts";
import { cosine } from "../exact-cosine.ts";
import { CheckedFile, seenBytes } from "./checked-file.ts";
import { FixedRows } from "./fixed-rows.ts";

// One byte of length, the id, and a whole number of floats.
const ID_BYTES = 40;

/** Ids and vectors of a collection by row number, as they were written. */
export class VectorRows implements Disposable {
  readonly #rows: FixedRows;
  readonly #dimension: number;

  private constructor(rows: FixedRows, dimension: number) {
    this.#rows = rows;
    this.#dimension = dimension;
  }

  static create(path: string): void {
    FixedRows.create(fileOf(path));
  }

  static remove(path: string): void {
    CheckedFile.remove(fileOf(path));
  }

  /** `seen` is shared by threads that read the same rows: see `seenRows`. */
  static open(path: string, dimension: number, seen?: Uint8Array): VectorRows {
    return new VectorRows(FixedRows.open(fileOf(path), ID_BYTES + 4 * dimension, seen), dimension);
  }

  /** Memory in which threads tell each other which blocks of so many rows they found right. */
  static seenRows(dimension: number, count: number): Uint8Array {
    return new Uint8Array(new SharedArrayBuffer(seenBytes(count * (ID_BYTES + 4 * dimension))));
  }

  get count(): number {
    return this.#rows.count;
  }

  /** Errors: `usage` for an id of more than 39 bytes. */
  write(first: number, ids: readonly string[], vectors: Float32Array): void {
    const width = ID_BYTES + 4 * this.#dimension;
    const bytes = Buffer.alloc(width * ids.length);
    const floats = Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength);
    for (const [i, id] of ids.entries()) {
      const length = Buffer.byteLength(id);
      if (length >= ID_BYTES)
        throw new TermduetError("usage", `an id of ${length} bytes is too long; vectors have at most 39`);
      bytes[i * width] = length;
      bytes.write(id, i * width + 1);
      floats.copy(bytes, i * width + ID_BYTES, i * 4 * this.#dimension, (i + 1) * 4 * this.#dimension);
    }
    this.#rows.write(first, bytes);
  }

  read(numbers: ArrayLike<number>): ReadVectors {
    const bytes = Buffer.alloc((ID_BYTES + 4 * this.#dimension) * numbers.length);
    this.#rows.read(numbers, bytes);
    return new ReadVectors(bytes, this.#dimension);
  }

  readRange(from: number, to: number): ReadVectors {
    const bytes = Buffer.alloc((ID_BYTES + 4 * this.#dimension) * (to - from));
    this.#rows.readRange(from, to, bytes);
    return new ReadVectors(bytes, this.#dimension);
  }

  [Symbol.dispose](): void {
    this.#rows[Symbol.dispose]();
  }
}

/** Rows that were read, in the order asked for. */
export class ReadVectors {
  readonly #bytes: Buffer;
  readonly #floats: Float32Array;
  readonly #dimension: number;

  constructor(bytes: Buffer, dimension: number) {
    this.#bytes = bytes;
    this.#floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    this.#dimension = dimension;
  }

  /** Empty for a row that is not there. */
  idAt(row: number): string {
    const start = row * (ID_BYTES + 4 * this.#dimension);
    return this.#bytes.toString("utf8", start + 1, start + 1 + this.#bytes[start]!);
  }

  cosineAt(row: number, query: Float32Array): number {
    return cosine(query, this.#floats, this.#offset(row));
  }

  copyTo(row: number, into: Float32Array, at: number): void {
    into.set(this.#floats.subarray(this.#offset(row), this.#offset(row) + this.#dimension), at);
  }

  /** The first `count` vectors, one after the other. */
  vectors(count: number): Float32Array {
    const all = new Float32Array(count * this.#dimension);
    for (let row = 0; row < count; row++) this.copyTo(row, all, row * this.#dimension);
    return all;
  }

  vectorAt(row: number): Float32Array {
    return this.#floats.slice(this.#offset(row), this.#offset(row) + this.#dimension);
  }

  #offset(row: number): number {
    return row * (ID_BYTES / 4 + this.#dimension) + ID_BYTES / 4;
  }
}

function fileOf(path: string): string {
  return `${path}.vectors`;
}
