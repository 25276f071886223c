import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { crc32 } from "node:zlib";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { BLOCK_BYTES, BlockSums, sumsPath } from "./block-sums.ts";
import { DamagedFileError } from "./damaged-file.ts";

const CHECK_AT_ONCE = 256 * BLOCK_BYTES;
const scratch = Buffer.alloc(BLOCK_BYTES);

/**
 * A file whose bytes are under checksums by blocks. What is read is compared with them once, when it is read first, so that a
 * search costs nothing more later, and no answer is made of what was not written. What is written is on the disk, and vouched
 * for, when the call returns. A file of an earlier version has no checksums; it is read as it is.
 */
export class CheckedFile implements Disposable {
  readonly #path: string;
  readonly #sums: BlockSums | undefined;
  #seen: Uint8Array;
  #file: number;
  #writable = false;

  private constructor(path: string, seen: Uint8Array | undefined) {
    this.#path = path;
    this.#file = openSync(path, "r");
    try {
      this.#sums = BlockSums.read(path);
      const { size } = fstatSync(this.#file);
      if (size < this.size)
        throw new DamagedFileError(path, `it has ${size} bytes, and ${this.size} were written`);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
    this.#seen = seen ?? new Uint8Array(seenBytes(this.size));
  }

  static create(path: string): void {
    closeSync(openSync(path, "w"));
    BlockSums.create(path);
  }

  static remove(path: string): void {
    rmSync(path, { force: true });
    BlockSums.remove(path);
  }

  /** `seen` is shared by those who read the same file: see `seenBytes`. Errors: DamagedFileError, those of opening a file. */
  static open(path: string, seen?: Uint8Array): CheckedFile {
    return new CheckedFile(path, seen);
  }

  /** Bytes that were written for good. */
  get size(): number {
    return this.#sums?.length ?? fstatSync(this.#file).size;
  }

  /** Fills `into` from `from` to `to` with what lies at `position`; gives how much there was. Errors: DamagedFileError. */
  read(into: Uint8Array, from: number, to: number, position: number): number {
    const end = Math.min(position + to - from, this.size);
    if (end <= position) return 0;
    this.#check(position, end);
    const got = readAll(this.#file, into, from, end - position, position);
    if (got < end - position)
      throw new DamagedFileError(
        this.#path,
        `it ends at byte ${position + got}, and ${this.size} were written`,
      );
    return got;
  }

  /** Writes at `position`, which must not leave a gap, and drops whatever was there or came after. */
  write(position: number, bytes: Uint8Array): void {
    this.#forWriting();
    const sums = this.#sums;
    if (!sums) throw new TermduetError("internal", `${this.#path} has no checksums; ingest with --restart`);
    if (sums.length < position)
      throw new TermduetError(
        "internal",
        `${this.#path} ends before byte ${position}; ingest with --restart`,
      );
    // Vouched for no longer before it is gone: what a crash leaves then is less, not something else.
    if (sums.length > position) sums.shrink(position, this.#tailSum(position));
    ftruncateSync(this.#file, position);
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#file, bytes, done, bytes.length - done, position + done);
    fsyncSync(this.#file);
    sums.append(bytes);
    this.#seen = this.#seenBefore(Math.floor(position / BLOCK_BYTES));
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #check(from: number, to: number): void {
    if (!this.#sums) return;
    for (let block = Math.floor(from / BLOCK_BYTES); block * BLOCK_BYTES < to; block++) {
      if (this.#seen[block >> 3]! & (1 << (block & 7))) continue;
      this.#checkBlock(block);
      this.#seen[block >> 3]! |= 1 << (block & 7);
    }
  }

  /** The bytes of a block, in memory that the next call uses again. */
  #checkBlock(block: number): Buffer {
    const buffer = scratch;
    const start = block * BLOCK_BYTES;
    const length = Math.min(BLOCK_BYTES, this.size - start);
    const bytes = buffer.subarray(0, readAll(this.#file, buffer, 0, length, start));
    if (bytes.length < length || crc32(bytes) !== this.#sums!.of(block))
      throw damagedBlock(this.#path, block);
    return bytes;
  }

  #tailSum(position: number): number {
    const length = position % BLOCK_BYTES;
    if (length === 0) return 0;
    const block = this.#checkBlock(Math.floor(position / BLOCK_BYTES));
    return crc32(block.subarray(0, length));
  }

  /** What is known of the blocks before this one, with room for all. */
  #seenBefore(block: number): Uint8Array {
    const seen = new Uint8Array(seenBytes(this.size));
    seen.set(this.#seen.subarray(0, Math.min(block >> 3, seen.length)));
    return seen;
  }

  #forWriting(): void {
    if (this.#writable) return;
    closeSync(this.#file);
    this.#file = openSync(this.#path, "r+");
    this.#writable = true;
  }
}

/** Bytes that remember of a file of `size` bytes which blocks were found right. */
export function seenBytes(size: number): number {
  return Math.ceil(Math.ceil(size / BLOCK_BYTES) / 8);
}

/** The whole of a file. Errors: DamagedFileError. */
export function readChecked(path: string): Buffer {
  using file = CheckedFile.open(path);
  const bytes = Buffer.from(new ArrayBuffer(file.size));
  file.read(bytes, 0, bytes.length, 0);
  return bytes;
}

/** Puts a file that is there, and on the disk, under checksums. */
export function sumFile(path: string): void {
  BlockSums.create(path, pieces(path));
}

/** See `BlockSums.seal`. */
export function sealSums(path: string): void {
  BlockSums.read(path)?.seal();
}

/** What is wrong with a file that has been sealed, by its checksums. */
export function damagesOf(path: string): string[] {
  for (const there of [path, sumsPath(path)]) if (!existsSync(there)) return [`${there} is missing`];
  const found: string[] = [];
  try {
    const sums = BlockSums.read(path)!;
    if (!sums.isSealed) found.push(`${sumsPath(path)} is damaged`);
    let at = 0;
    for (const bytes of pieces(path)) {
      for (let from = 0; from < bytes.length; from += BLOCK_BYTES)
        if (crc32(bytes.subarray(from, from + BLOCK_BYTES)) !== sums.of((at + from) / BLOCK_BYTES))
          found.push(`${path} is damaged in bytes ${range((at + from) / BLOCK_BYTES)}`);
      at += bytes.length;
    }
    if (at !== sums.length) found.push(`${path} has ${at} bytes, and ${sums.length} were written`);
  } catch (error) {
    if (!(error instanceof DamagedFileError)) throw error;
    found.push(`${error.path} is damaged`);
  }
  return found;
}

function* pieces(path: string): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    const end = fstatSync(file).size;
    const buffer = Buffer.allocUnsafe(Math.min(CHECK_AT_ONCE, end));
    for (let at = 0; at < end; ) {
      const got = readAll(file, buffer, 0, Math.min(buffer.length, end - at), at);
      if (got === 0) return;
      yield buffer.subarray(0, got);
      at += got;
    }
  } finally {
    closeSync(file);
  }
}

function readAll(file: number, into: Uint8Array, at: number, length: number, position: number): number {
  let done = 0;
  while (done < length) {
    const read = readSync(file, into, at + done, Math.min(length - done, 2 ** 30), position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

function damagedBlock(path: string, block: number): DamagedFileError {
  return new DamagedFileError(path, `bytes ${range(block)} are not what was written`);
}

function range(block: number): string {
  return `${block * BLOCK_BYTES} to ${(block + 1) * BLOCK_BYTES - 1}`;
}
