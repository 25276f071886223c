import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { crc32 } from "node:zlib";
import { DamagedFileError } from "./damaged-file.ts";

/** Bytes that are under one checksum: a search meets two rows of most blocks at most, and checks each block once. */
export const BLOCK_BYTES = 4096;
const MAGIC = "termduet sums 1\n";
const SLOT_BYTES = 32;
const ENTRIES_AT = MAGIC.length + 2 * SLOT_BYTES;

/** What of a file is written for good: its length, and the CRC-32 of what goes beyond the last whole block. */
interface Slot {
  turn: number;
  length: number;
  tail: number;
  /** Entries that were written with this slot begin here, and have this CRC-32. */
  entriesFrom: number;
  entriesSum: number;
}

export function sumsPath(path: string): string {
  return `${path}.sums`;
}

/** CRC-32 of the blocks of bytes that follow each other. */
class SumsOfBytes {
  readonly whole: number[] = [];
  length = 0;
  /** Of what goes beyond the last whole block. */
  tail = 0;

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const part = Math.min(bytes.length - at, BLOCK_BYTES - (this.length % BLOCK_BYTES));
      // What is there already need not be read again: were it damaged, its checksum would stay that of what was written.
      this.tail = crc32(bytes.subarray(at, at + part), this.tail);
      at += part;
      this.length += part;
      if (this.length % BLOCK_BYTES > 0) continue;
      this.whole.push(this.tail);
      this.tail = 0;
    }
  }
}

/**
 * The checksums of a file, beside it (`*.sums`): CRC-32 of each whole block, and two slots that say in turn how much of the file
 * they vouch for. A change is one write of new entries and of the older slot: what a loss of power leaves is the state before
 * or the state after, because a slot whose entries did not get to the disk does not count. Sealed, both slots say the same.
 */
export class BlockSums {
  readonly #path: string;
  readonly #sums: SumsOfBytes;
  #turn: number;
  /** Whether nothing in the file of checksums is left of an earlier state. */
  readonly isSealed: boolean;

  private constructor(path: string, sums: SumsOfBytes, turn: number, isSealed: boolean) {
    this.#path = path;
    this.#sums = sums;
    this.#turn = turn;
    this.isSealed = isSealed;
  }

  /** For a new file that holds these bytes, and is on the disk. */
  static create(path: string, bytes: Iterable<Uint8Array> = []): void {
    const sums = new SumsOfBytes();
    for (const piece of bytes) sums.add(piece);
    const { length, tail, whole } = sums;
    const entries = encodeEntries(whole);
    const slot = { length, tail, entriesFrom: 0, entriesSum: crc32(entries) };
    const slots = [0, 1].map((turn) => encodeSlot({ turn, ...slot }));
    const file = openSync(sumsPath(path), "w");
    try {
      writeAll(file, Buffer.concat([Buffer.from(MAGIC), ...slots, entries]), 0);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  static remove(path: string): void {
    rmSync(sumsPath(path), { force: true });
  }

  /** Undefined where there are none: an earlier version wrote the file. Errors: DamagedFileError. */
  static read(path: string): BlockSums | undefined {
    if (!existsSync(sumsPath(path))) return undefined;
    const bytes = readFileSync(sumsPath(path));
    if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) throw unreadable(path);
    const slots = [0, 1].map((n) => readSlot(bytes, n)).filter((slot) => slot !== undefined);
    const [slot, other] = slots.sort((a, b) => b.turn - a.turn);
    if (!slot) throw unreadable(path);
    const sums = new SumsOfBytes();
    sums.length = slot.length;
    sums.tail = slot.tail;
    const count = Math.floor(slot.length / BLOCK_BYTES);
    if (bytes.length < ENTRIES_AT + 4 * count) throw unreadable(path);
    for (let i = 0; i < count; i++) sums.whole.push(bytes.readUInt32LE(ENTRIES_AT + 4 * i));
    const isExact = bytes.length === ENTRIES_AT + 4 * count && slot.entriesFrom === 0;
    const agrees = other?.length === slot.length && other.tail === slot.tail && other.entriesFrom === 0;
    return new BlockSums(path, sums, slot.turn, isExact && agrees);
  }

  /** Bytes of the file that are vouched for. */
  get length(): number {
    return this.#sums.length;
  }

  /** CRC-32 of the bytes of a block, as far as they are vouched for. */
  of(block: number): number {
    return this.#sums.whole[block] ?? this.#sums.tail;
  }

  /** Takes note of bytes that now follow, and are on the disk. */
  append(bytes: Uint8Array): void {
    const from = this.#sums.whole.length;
    this.#sums.add(bytes);
    this.#commit(from);
  }

  /** Vouches for less than before; `tail` is the CRC-32 of what is left beyond the last whole block. */
  shrink(length: number, tail: number): void {
    const whole = Math.floor(length / BLOCK_BYTES);
    this.#sums.whole.length = whole;
    this.#sums.length = length;
    this.#sums.tail = tail;
    this.#commit(whole);
  }

  /** Leaves nothing of an earlier state, so that any damage to the checksums themselves can be seen. */
  seal(): void {
    if (this.isSealed) return;
    truncateSync(sumsPath(this.#path), ENTRIES_AT + 4 * this.#sums.whole.length);
    for (let slot = 0; slot < 2; slot++) this.#commit(0);
  }

  #commit(from: number): void {
    const { length, tail, whole } = this.#sums;
    const added = encodeEntries(whole.slice(from));
    const turn = this.#turn + 1;
    const slot: Slot = { turn, length, tail, entriesFrom: from, entriesSum: crc32(added) };
    const file = openSync(sumsPath(this.#path), "r+");
    try {
      writeAll(file, added, ENTRIES_AT + 4 * from);
      writeAll(file, encodeSlot(slot), MAGIC.length + (turn % 2) * SLOT_BYTES);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#turn = turn;
  }
}

function unreadable(path: string): DamagedFileError {
  return new DamagedFileError(sumsPath(path), "its own checksums do not agree");
}

function encodeSlot({ turn, length, tail, entriesFrom, entriesSum }: Slot): Buffer {
  const bytes = Buffer.alloc(SLOT_BYTES);
  bytes.writeUIntLE(turn, 0, 6);
  bytes.writeUIntLE(length, 6, 6);
  bytes.writeUInt32LE(tail, 12);
  bytes.writeUIntLE(entriesFrom, 16, 6);
  bytes.writeUInt32LE(entriesSum, 22);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, SLOT_BYTES - 4)), SLOT_BYTES - 4);
  return bytes;
}

/** Undefined for a slot that was never written, or with entries that did not get to the disk. */
function readSlot(bytes: Buffer, number: number): Slot | undefined {
  const at = MAGIC.length + number * SLOT_BYTES;
  if (bytes.length < at + SLOT_BYTES) return undefined;
  const own = bytes.subarray(at, at + SLOT_BYTES);
  if (own.readUInt32LE(SLOT_BYTES - 4) !== crc32(own.subarray(0, SLOT_BYTES - 4))) return undefined;
  const slot: Slot = {
    turn: own.readUIntLE(0, 6),
    length: own.readUIntLE(6, 6),
    tail: own.readUInt32LE(12),
    entriesFrom: own.readUIntLE(16, 6),
    entriesSum: own.readUInt32LE(22),
  };
  const to = ENTRIES_AT + 4 * Math.floor(slot.length / BLOCK_BYTES);
  const entries = bytes.subarray(Math.min(to, ENTRIES_AT + 4 * slot.entriesFrom), to);
  return crc32(entries) === slot.entriesSum ? slot : undefined;
}

function encodeEntries(entries: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * entries.length);
  for (const [i, entry] of entries.entries()) bytes.writeUInt32LE(entry, 4 * i);
  return bytes;
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
}
