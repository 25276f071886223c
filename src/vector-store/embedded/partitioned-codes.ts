import { CheckedFile } from "./checked-file.ts";
import { rowWidth } from "./cluster-vectors.ts";
import { DamagedFileError } from "./damaged-file.ts";
import { type SharedMemory, sharedMemory } from "./kernel.ts";
import { BLOCK_CODES, blockBytes, codeBytes } from "./vector-codes.ts";

export const CODES_FORMAT = "termduet codes 1";
/** In the place of a row number: nothing is there. */
export const NO_ROW = 0xffff_ffff;
/** A thread's own part of the memory: query, table of sums, products with centres, candidates of one call. */
export const SCAN_BLOCKS = 128;

/** What a file of codes begins with, as JSON of HEADER_BYTES. */
export interface CodesHeader {
  format: typeof CODES_FORMAT;
  dimension: number;
  count: number;
  /** Blocks of each partition. */
  blocks: number[];
}

export const HEADER_BYTES = 65_536;

/** Places of all parts in the memory that threads share, in bytes. */
export interface CodesLayout extends CodesHeader {
  centres: number;
  rows: number;
  codes: number;
  scratch: number;
  scratchBytes: number;
}

export interface LoadedCodes {
  memory: SharedMemory;
  layout: CodesLayout;
}

/** Reads a file of codes into memory that has room for so many threads. Errors: DamagedFileError, also for a file of another kind. */
export function loadCodes(path: string, threads: number): LoadedCodes {
  using file = CheckedFile.open(path);
  const head = Buffer.alloc(HEADER_BYTES);
  readAll(file, head, 0, path);
  const header = headerOf(head, path);
  const layout = layoutOf(header);
  const memory = sharedMemory(layout.scratch + threads * layout.scratchBytes);
  readAll(file, new Uint8Array(memory.buffer, 0, layout.scratch), HEADER_BYTES, path);
  return { memory, layout };
}

export function layoutOf(header: CodesHeader): CodesLayout {
  const { dimension } = header;
  const partitions = header.blocks.length;
  const blocks = header.blocks.reduce((sum, n) => sum + n, 0);
  const width = 4 * rowWidth(dimension);
  const rows = aligned(partitions * width);
  const codes = aligned(rows + 4 * BLOCK_CODES * blocks);
  const scratch = aligned(codes + blocks * blockBytes(dimension));
  const scratchBytes = aligned(
    width + 32 * codeBytes(dimension) + 4 * partitions + 8 * BLOCK_CODES * SCAN_BLOCKS + 64,
  );
  return { ...header, centres: 0, rows, codes, scratch, scratchBytes };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

function headerOf(head: Buffer, path: string): CodesHeader {
  try {
    const header = JSON.parse(head.toString("utf8").trimEnd()) as CodesHeader;
    if (header.format === CODES_FORMAT) return header;
  } catch {
    // Said below.
  }
  throw new DamagedFileError(path, "it holds no codes of this version");
}

function readAll(file: CheckedFile, into: Uint8Array, position: number, path: string): void {
  if (file.read(into, 0, into.length, position) < into.length) throw new DamagedFileError(path, "it is cut");
}
