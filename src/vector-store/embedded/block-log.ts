import { crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { FieldKind, FieldValue } from "../vector-store.ts";
import { CheckedFile } from "./checked-file.ts";
import { DamagedFileError } from "./damaged-file.ts";
import { FixedRows } from "./fixed-rows.ts";

// number, firstOrdinal, count (u32), place (u48) and length (u32) of its fields, their checksum (u32).
const ENTRY_BYTES = 26;

/** A block that was written: which rows are its, and where its fields lie. */
export interface LoggedBlock {
  number: number;
  firstOrdinal: number;
  count: number;
}

interface Entry extends LoggedBlock {
  at: number;
  length: number;
  checksum: number;
}

type Columns = Readonly<Record<string, readonly FieldValue[]>>;

/**
 * The blocks of a collection in their order, and the values of their fields as they were written, a compressed column for each: what
 * indexes are made of, and what an export reads.
 */
export class BlockLog implements Disposable {
  readonly #path: string;
  readonly #entries: FixedRows;
  readonly #fields: CheckedFile;

  private constructor(path: string) {
    this.#path = path;
    this.#entries = FixedRows.open(`${path}.blocks`, ENTRY_BYTES);
    try {
      this.#fields = CheckedFile.open(`${path}.fields`);
    } catch (error) {
      this.#entries[Symbol.dispose]();
      throw error;
    }
  }

  static create(path: string): void {
    for (const end of ["blocks", "fields"]) CheckedFile.create(`${path}.${end}`);
  }

  static remove(path: string): void {
    for (const end of ["blocks", "fields"]) CheckedFile.remove(`${path}.${end}`);
  }

  static open(path: string): BlockLog {
    return new BlockLog(path);
  }

  get blocks(): LoggedBlock[] {
    return this.#all();
  }

  /** Rows of all blocks. */
  get count(): number {
    const last = this.#all().at(-1);
    return last ? last.firstOrdinal + last.count : 0;
  }

  /** Adds a block in the place of the one of its number and all that came after it. It is on the disk when it returns. */
  write(block: LoggedBlock, fields: Columns): void {
    const kept = this.#all().filter(({ number }) => number < block.number);
    const last = kept.at(-1);
    const at = last ? last.at + last.length : 0;
    const bytes = packed(fields);
    this.#fields.write(at, bytes);
    // The entry last: a block without one is not there.
    const entry = Buffer.alloc(ENTRY_BYTES);
    entry.writeUInt32LE(block.number, 0);
    entry.writeUInt32LE(block.firstOrdinal, 4);
    entry.writeUInt32LE(block.count, 8);
    entry.writeUIntLE(at, 12, 6);
    entry.writeUInt32LE(bytes.length, 18);
    entry.writeUInt32LE(crc32(bytes), 22);
    this.#entries.write(kept.length, entry);
  }

  /** Values of one field, block by block. Errors: `bad-input` where they are not what was written. */
  *column(field: string): Generator<{ block: LoggedBlock; values: readonly FieldValue[] }> {
    for (const entry of this.#all())
      yield { block: entry, values: this.#columns(entry, (name) => name === field)[field] ?? [] };
  }

  /** Values of all fields of rows `from` to `to` (exclusive). */
  slice(fields: Readonly<Record<string, FieldKind>>, from: number, to: number): Record<string, FieldValue[]> {
    const slices: Record<string, FieldValue[]> = Object.fromEntries(Object.keys(fields).map((f) => [f, []]));
    for (const entry of this.#all()) {
      const { firstOrdinal, count } = entry;
      if (firstOrdinal + count <= from || firstOrdinal >= to) continue;
      const columns = this.#columns(entry, () => true);
      for (const [field, slice] of Object.entries(slices))
        for (const value of columns[field]!.slice(Math.max(0, from - firstOrdinal), to - firstOrdinal))
          slice.push(value);
    }
    return slices;
  }

  [Symbol.dispose](): void {
    this.#entries[Symbol.dispose]();
    this.#fields[Symbol.dispose]();
  }

  #all(): Entry[] {
    const { count } = this.#entries;
    const bytes = Buffer.alloc(count * ENTRY_BYTES);
    this.#entries.readRange(0, count, bytes);
    return Array.from({ length: count }, (_, i) => {
      const at = i * ENTRY_BYTES;
      return {
        number: bytes.readUInt32LE(at),
        firstOrdinal: bytes.readUInt32LE(at + 4),
        count: bytes.readUInt32LE(at + 8),
        at: bytes.readUIntLE(at + 12, 6),
        length: bytes.readUInt32LE(at + 18),
        checksum: bytes.readUInt32LE(at + 22),
      };
    });
  }

  #columns({ number, at, length, checksum }: Entry, wanted: (field: string) => boolean): Columns {
    const bytes = Buffer.alloc(length);
    if (this.#fields.read(bytes, 0, length, at) < length || crc32(bytes) !== checksum)
      throw new DamagedFileError(`${this.#path}.fields`, `block ${number} is not what was written`);
    return unpacked(bytes, wanted);
  }
}

/** Length and JSON of each column's name and compressed length, and the columns. */
function packed(fields: Columns): Buffer {
  const columns = Object.entries(fields).map(
    ([name, values]) => [name, zstdCompressSync(JSON.stringify(values))] as const,
  );
  const head = Buffer.from(JSON.stringify(columns.map(([name, bytes]) => [name, bytes.length])));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...columns.map(([, bytes]) => bytes)]);
}

function unpacked(bytes: Buffer, wanted: (field: string) => boolean): Columns {
  const start = 4 + bytes.readUInt32LE(0);
  const head: [name: string, length: number][] = JSON.parse(bytes.toString("utf8", 4, start));
  const columns: Record<string, FieldValue[]> = {};
  let at = start;
  for (const [name, length] of head) {
    if (wanted(name))
      columns[name] = JSON.parse(zstdDecompressSync(bytes.subarray(at, at + length)).toString("utf8"));
    at += length;
  }
  return columns;
}
