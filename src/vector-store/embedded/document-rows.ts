import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import type { StoredRecord } from "../vector-store.ts";
import { FixedRows } from "./fixed-rows.ts";

// Where each document ends, as six bytes: 256 TB are enough.
const END_BYTES = 6;
const LENGTH_BYTES = 2;

/** Ids and bodies of a collection by row number, beside Lance's table: one file of documents, one of where each ends. */
export class DocumentRows implements Disposable {
  readonly #ends: FixedRows;
  readonly #path: string;
  #file: number;
  #writable = false;

  private constructor(path: string) {
    this.#path = path;
    this.#ends = FixedRows.open(`${path}.ends`, END_BYTES);
    this.#file = openSync(`${path}.bodies`, "r");
  }

  static create(path: string): void {
    FixedRows.create(`${path}.ends`);
    FixedRows.create(`${path}.bodies`);
  }

  static remove(path: string): void {
    for (const end of ["ends", "bodies"]) rmSync(`${path}.${end}`, { force: true });
  }

  static open(path: string): DocumentRows {
    return new DocumentRows(path);
  }

  get count(): number {
    return this.#ends.count;
  }

  /** Writes documents from row `first` on and drops whatever was there or came after. */
  write(first: number, ids: readonly string[], bodies: readonly string[]): void {
    this.#forWriting();
    const [start] = this.#spans([first - 1]);
    const position = start![1];
    const ends = Buffer.alloc(ids.length * END_BYTES);
    const parts: Buffer[] = [];
    let end = position;
    for (const [i, id] of ids.entries()) {
      const name = Buffer.from(id);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16LE(name.length);
      const body = Buffer.from(bodies[i]!);
      parts.push(length, name, body);
      end += LENGTH_BYTES + name.length + body.length;
      ends.writeUIntLE(end, i * END_BYTES, END_BYTES);
    }
    const bytes = Buffer.concat(parts);
    ftruncateSync(this.#file, position);
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#file, bytes, done, bytes.length - done, position + done);
    fsyncSync(this.#file);
    // The ends last: what they do not reach is not there.
    this.#ends.write(first, ends);
  }

  /** In the order asked for; undefined for a row that is not there. */
  read(numbers: ArrayLike<number>): (StoredRecord | undefined)[] {
    return this.#spans(numbers).map(([start, end], i) => {
      if (end <= start) return undefined;
      const bytes = Buffer.allocUnsafe(end - start);
      this.#fill(bytes, start);
      return parsed(bytes, 0, bytes.length, numbers[i]!);
    });
  }

  /** Rows `from` to `to` (exclusive), all of which must be there. */
  readRange(from: number, to: number): StoredRecord[] {
    if (to <= from) return [];
    const ends = Buffer.alloc((to - from) * END_BYTES);
    this.#ends.readRange(from, to, ends);
    const [[start]] = this.#spans([from]) as [[number, number]];
    const bytes = Buffer.allocUnsafe(ends.readUIntLE(ends.length - END_BYTES, END_BYTES) - start);
    this.#fill(bytes, start);
    let at = 0;
    return Array.from({ length: to - from }, (_, i) => {
      const end = ends.readUIntLE(i * END_BYTES, END_BYTES) - start;
      const record = parsed(bytes, at, end, from + i);
      at = end;
      return record;
    });
  }

  [Symbol.dispose](): void {
    this.#ends[Symbol.dispose]();
    closeSync(this.#file);
  }

  /** Where each document begins and ends; beyond the last row both are the same. */
  #spans(numbers: ArrayLike<number>): [start: number, end: number][] {
    const pair = Buffer.alloc(2 * END_BYTES);
    return Array.from(numbers, (number) => {
      if (number < 0) return [0, 0];
      pair.fill(0);
      if (number === 0) this.#ends.readRange(0, 1, pair.subarray(END_BYTES));
      else this.#ends.readRange(number - 1, number + 1, pair);
      return [pair.readUIntLE(0, END_BYTES), pair.readUIntLE(END_BYTES, END_BYTES)];
    });
  }

  #fill(bytes: Buffer, position: number): void {
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(this.#file, bytes, at, bytes.length - at, position + at);
      if (read === 0) throw new Error(`${this.#path}.bodies is shorter than its ends say`);
      at += read;
    }
  }

  #forWriting(): void {
    if (this.#writable) return;
    closeSync(this.#file);
    this.#file = openSync(`${this.#path}.bodies`, "r+");
    this.#writable = true;
  }
}

function parsed(bytes: Buffer, start: number, end: number, ordinal: number): StoredRecord {
  const id = start + LENGTH_BYTES;
  const body = id + bytes.readUInt16LE(start);
  return { id: bytes.toString("utf8", id, body), ordinal, body: bytes.toString("utf8", body, end) };
}
