import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { CheckedFile } from "./checked-file.ts";
import { DamagedFileError } from "./damaged-file.ts";

/**
 * A sorted dictionary with the row numbers of each term, written once: blocks of terms that share beginnings, the place of each
 * block, and apart from them the row numbers (uint32), in the order of the terms. Made to be read by a few short reads, as Lucene's
 * terms and postings are; a term's place among all rows makes a prefix a range of rows.
 */
const FORMAT = "termduet terms 1";
const FOOTER_BYTES = 256;
const TERMS_PER_BLOCK = 64;
const FLUSH_BYTES = 1 << 20;

/** A term (in UTF-8) and the rows that hold it, ascending. */
export interface Postings {
  term: Buffer;
  rows: Uint32Array;
}

interface Footer {
  format: typeof FORMAT;
  terms: number;
  rows: number;
  /** Where the list of blocks begins, in the file of terms. */
  blocksAt: number;
  blocks: number;
}

/** Writes terms in rising order of their bytes. */
export class TermsWriter implements Disposable {
  readonly #terms: Appended;
  readonly #rows: Appended;
  readonly #blocks: Buffer[] = [];
  readonly #bytes = new ByteWriter();
  #count = 0;
  #rowCount = 0;
  #last: Buffer = Buffer.alloc(0);

  /** `path` gets the endings `.terms` and `.rows`. */
  constructor(path: string) {
    this.#terms = new Appended(`${path}.terms`);
    this.#rows = new Appended(`${path}.rows`);
  }

  add({ term, rows }: Postings): void {
    if (this.#count++ % TERMS_PER_BLOCK === 0) this.#beginBlock(term);
    const shared = sharedLength(this.#last, term);
    this.#bytes.varint(shared);
    this.#bytes.varint(term.length - shared);
    this.#bytes.bytes(term, shared);
    this.#bytes.varint(rows.length);
    this.#last = term;
    this.#rowCount += rows.length;
    this.#rows.write(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
  }

  /** All is on the disk when it returns. */
  finish(): void {
    this.#terms.write(this.#bytes.take());
    const footer: Footer = {
      format: FORMAT,
      terms: this.#count,
      rows: this.#rowCount,
      blocksAt: this.#terms.size,
      blocks: this.#blocks.length,
    };
    for (const block of this.#blocks) this.#terms.write(block);
    const end = Buffer.alloc(FOOTER_BYTES, " ");
    end.write(JSON.stringify(footer));
    this.#terms.write(end);
    this.#rows.sync();
    this.#terms.sync();
  }

  [Symbol.dispose](): void {
    this.#rows[Symbol.dispose]();
    this.#terms[Symbol.dispose]();
  }

  #beginBlock(first: Buffer): void {
    this.#terms.write(this.#bytes.take());
    const head = Buffer.alloc(14);
    head.writeUIntLE(this.#terms.size, 0, 6);
    head.writeUIntLE(this.#rowCount, 6, 6);
    head.writeUInt16LE(first.length, 12);
    this.#blocks.push(Buffer.concat([head, first]));
    this.#last = Buffer.alloc(0);
  }
}

/** Where a term's rows stand among all. */
interface RowRange {
  from: number;
  to: number;
}

export class TermsFile implements Disposable {
  readonly terms: number;
  readonly #path: string;
  readonly #file: CheckedFile;
  readonly #rows: CheckedFile;
  readonly #rowCount: number;
  readonly #blocksAt: number;
  readonly #firsts: Buffer[] = [];
  readonly #places: number[] = [];
  readonly #rowsBefore: number[] = [];

  /** Errors: DamagedFileError for a file that is cut, `ENOENT` as Node throws it. */
  constructor(path: string) {
    this.#path = path;
    this.#file = CheckedFile.open(`${path}.terms`);
    try {
      this.#rows = CheckedFile.open(`${path}.rows`);
    } catch (error) {
      this.#file[Symbol.dispose]();
      throw error;
    }
    const { terms, rows, blocksAt, blocks } = this.#footer();
    this.terms = terms;
    this.#rowCount = rows;
    this.#blocksAt = blocksAt;
    const size = this.#file.size - FOOTER_BYTES - blocksAt;
    const list = this.#read(this.#file, blocksAt, size);
    for (let i = 0, at = 0; i < blocks; i++) {
      const length = list.readUInt16LE(at + 12);
      this.#places.push(list.readUIntLE(at, 6));
      this.#rowsBefore.push(list.readUIntLE(at + 6, 6));
      this.#firsts.push(list.subarray(at + 14, at + 14 + length));
      at += 14 + length;
    }
  }

  /** Rows of a term; empty for one that is not there. */
  rowsOf(term: string): Uint32Array {
    const asked = Buffer.from(term);
    const block = this.#blockOf(asked);
    if (block < 0) return new Uint32Array(0);
    let at = this.#rowsBefore[block]!;
    for (const { term: there, count } of this.#termsOf(block)) {
      const order = Buffer.compare(there, asked);
      if (order === 0) return this.rows({ from: at, to: at + count });
      if (order > 0) break;
      at += count;
    }
    return new Uint32Array(0);
  }

  has(term: string): boolean {
    return this.rowsOf(term).length > 0;
  }

  /** Rows of all terms with this beginning, in the order of the terms, as a range of `rows`. */
  prefixRange(prefix: string): RowRange {
    const from = Buffer.from(prefix);
    const to = successor(from);
    return { from: this.#rowsBelow(from), to: to ? this.#rowsBelow(to) : this.#rowCount };
  }

  rows({ from, to }: RowRange): Uint32Array {
    const bytes = this.#read(this.#rows, 4 * from, 4 * (to - from));
    return new Uint32Array(bytes.buffer, bytes.byteOffset, to - from);
  }

  /** All terms with their rows, in their order. */
  *all(): Generator<Postings> {
    for (const block of this.#places.keys()) {
      const before = this.#rowsBefore[block]!;
      const rows = this.rows({ from: before, to: this.#rowsBefore[block + 1] ?? this.#rowCount });
      let at = 0;
      for (const { term, count } of this.#termsOf(block)) {
        yield { term: Buffer.from(term), rows: rows.subarray(at, at + count) };
        at += count;
      }
    }
  }

  /** All terms in their order. */
  *words(): Generator<string> {
    for (const block of this.#places.keys())
      for (const { term } of this.#termsOf(block)) yield term.toString("utf8");
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
    this.#rows[Symbol.dispose]();
  }

  /** How many rows the terms below this one have. */
  #rowsBelow(bound: Buffer): number {
    const block = this.#blockOf(bound);
    if (block < 0) return 0;
    let at = this.#rowsBefore[block]!;
    for (const { term, count } of this.#termsOf(block)) {
      if (Buffer.compare(term, bound) >= 0) break;
      at += count;
    }
    return at;
  }

  /** The last block whose first term is not above `term`; -1 where all are. */
  #blockOf(term: Buffer): number {
    let low = 0;
    let high = this.#firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Buffer.compare(this.#firsts[middle]!, term) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  *#termsOf(block: number): Generator<{ term: Buffer; count: number }> {
    const start = this.#places[block]!;
    const bytes = this.#read(this.#file, start, (this.#places[block + 1] ?? this.#blocksAt) - start);
    // The longest term that a block of so many bytes can hold.
    const term = Buffer.alloc(bytes.length);
    for (let at = 0; at < bytes.length; ) {
      const [shared, a] = varint(bytes, at);
      const [rest, b] = varint(bytes, a);
      bytes.copy(term, shared, b, b + rest);
      const [count, next] = varint(bytes, b + rest);
      at = next;
      yield { term: term.subarray(0, shared + rest), count };
    }
  }

  #footer(): Footer {
    const size = this.#file.size;
    if (size >= FOOTER_BYTES) {
      const text = this.#read(this.#file, size - FOOTER_BYTES, FOOTER_BYTES).toString("utf8");
      if (text.startsWith(`{"format":"${FORMAT}"`)) return JSON.parse(text);
    }
    throw new DamagedFileError(`${this.#path}.terms`, "it is cut, or of another version");
  }

  #read(file: CheckedFile, position: number, length: number): Buffer {
    const bytes = Buffer.from(new ArrayBuffer(length));
    if (file.read(bytes, 0, length, position) < length)
      throw new DamagedFileError(`${this.#path}.*`, "it is cut");
    return bytes;
  }
}

/** A file that grows, written in large pieces. */
class Appended implements Disposable {
  size = 0;
  readonly #file: number;
  #parts: Buffer[] = [];
  #waiting = 0;

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  write(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.size += bytes.length;
    this.#waiting += bytes.length;
    if (this.#waiting >= FLUSH_BYTES) this.#flush();
  }

  sync(): void {
    this.#flush();
    fsyncSync(this.#file);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#parts);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at, bytes.length - at);
    this.#parts = [];
    this.#waiting = 0;
  }
}

class ByteWriter {
  #bytes = Buffer.alloc(4096);
  #length = 0;

  varint(value: number): void {
    this.#room(5);
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#length++] = (rest & 127) | 128;
    this.#bytes[this.#length++] = rest;
  }

  bytes(source: Buffer, from: number): void {
    this.#room(source.length - from);
    this.#length += source.copy(this.#bytes, this.#length, from);
  }

  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.alloc(2 * (this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

function varint(bytes: Buffer, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value |= (byte & 127) << shift;
    if (byte < 128) return [value >>> 0, at];
  }
}

function sharedLength(a: Buffer, b: Buffer): number {
  const most = Math.min(a.length, b.length);
  let i = 0;
  while (i < most && a[i] === b[i]) i++;
  return i;
}

/** The least bytes above all that begin with these; undefined where none are. */
function successor(prefix: Buffer): Buffer | undefined {
  for (let last = prefix.length - 1; last >= 0; last--) {
    if (prefix[last] === 255) continue;
    const next = Buffer.from(prefix.subarray(0, last + 1));
    next[last]!++;
    return next;
  }
  return undefined;
}
