import type { StoredRecord } from "../vector-store.ts";
import { ByteCache } from "./byte-cache.ts";
import { CheckedFile } from "./checked-file.ts";
import { DamagedFileError } from "./damaged-file.ts";
import { FixedRows } from "./fixed-rows.ts";

// Where each document ends, as six bytes: 256 TB are enough.
const END_BYTES = 6;
const LENGTH_BYTES = 2;
const PAGE_ENDS = 1024;
/** Ends of two million documents. */
const ENDS_CACHE_BYTES = 12 * 2 ** 20;
/** What many searches read: names of common concepts, and those of a page that is asked for again. */
const DOCUMENTS_CACHE_BYTES = 16 * 2 ** 20;

/** Ids and bodies of a collection by row number: one file of documents, one of where each ends. What was read last is kept. */
export class DocumentRows implements Disposable {
  readonly #ends: FixedRows;
  readonly #path: string;
  readonly #pages = new ByteCache<number, Buffer>(ENDS_CACHE_BYTES);
  readonly #read = new ByteCache<number, Buffer>(DOCUMENTS_CACHE_BYTES);
  readonly #bodies: CheckedFile;

  private constructor(path: string) {
    this.#path = path;
    this.#ends = FixedRows.open(`${path}.ends`, END_BYTES);
    try {
      this.#bodies = CheckedFile.open(`${path}.bodies`);
    } catch (error) {
      this.#ends[Symbol.dispose]();
      throw error;
    }
  }

  static create(path: string): void {
    FixedRows.create(`${path}.ends`);
    CheckedFile.create(`${path}.bodies`);
  }

  static remove(path: string): void {
    for (const end of ["ends", "bodies"]) CheckedFile.remove(`${path}.${end}`);
  }

  static open(path: string): DocumentRows {
    return new DocumentRows(path);
  }

  get count(): number {
    return this.#ends.count;
  }

  /** Writes documents from row `first` on and drops whatever was there or came after. */
  write(first: number, ids: readonly string[], bodies: readonly string[]): void {
    const position = this.#endOf(first - 1);
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
    this.#bodies.write(position, Buffer.concat(parts));
    // The ends last: what they do not reach is not there.
    this.#ends.write(first, ends);
    this.#pages.clear();
    this.#read.clear();
  }

  /** In the order asked for; undefined for a row that is not there. */
  read(numbers: ArrayLike<number>): (StoredRecord | undefined)[] {
    return Array.from(numbers, (number) => {
      const bytes = this.#read.get(number, () => this.#bytesOf(number));
      return bytes.length === 0 ? undefined : parsed(bytes, 0, bytes.length, number);
    });
  }

  /** Rows `from` to `to` (exclusive), all of which must be there. */
  readRange(from: number, to: number): StoredRecord[] {
    if (to <= from) return [];
    const ends = Buffer.alloc((to - from) * END_BYTES);
    this.#ends.readRange(from, to, ends);
    const start = this.#endOf(from - 1);
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
    this.#bodies[Symbol.dispose]();
  }

  /** Empty for a row that is not there. */
  #bytesOf(number: number): Buffer {
    const [start, end] = [this.#endOf(number - 1), this.#endOf(number)];
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, end - start));
    this.#fill(bytes, start);
    return bytes;
  }

  /** Where a document ends; 0 for one that is not there, and before the first. */
  #endOf(number: number): number {
    if (number < 0) return 0;
    const first = number - (number % PAGE_ENDS);
    const page = this.#pages.get(first, () => {
      const ends = Buffer.alloc(PAGE_ENDS * END_BYTES);
      this.#ends.readRange(first, first + PAGE_ENDS, ends);
      return ends;
    });
    return page.readUIntLE((number - first) * END_BYTES, END_BYTES);
  }

  #fill(bytes: Buffer, position: number): void {
    if (this.#bodies.read(bytes, 0, bytes.length, position) < bytes.length)
      throw new DamagedFileError(`${this.#path}.bodies`, "it is shorter than its ends say");
  }
}

function parsed(bytes: Buffer, start: number, end: number, ordinal: number): StoredRecord {
  const id = start + LENGTH_BYTES;
  const body = id + bytes.readUInt16LE(start);
  return { id: bytes.toString("utf8", id, body), ordinal, body: bytes.toString("utf8", body, end) };
}
