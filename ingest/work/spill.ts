import { closeSync, createReadStream, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { syncFolder } from "../../src/machine/sync-folder.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";

const FLUSH_CHARACTERS = 256 * 1024;

/**
 * Rows of JSON divided over files, so that what belongs together can be read together: the join and the search for
 * distinct strings need the memory of one part, whatever the size of the release.
 */
export class SpillWriter implements Disposable {
  readonly #folder: string;
  readonly #buffers: string[];
  readonly #files: (number | undefined)[];
  // Few parts may keep large buffers; many share the same memory.
  readonly #flushAt: number;

  constructor(folder: string, parts: number) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#buffers = new Array(parts).fill("");
    this.#files = new Array(parts).fill(undefined);
    this.#flushAt = Math.max(8 * 1024, Math.min(FLUSH_CHARACTERS, Math.floor((64 * 1024 * 1024) / parts)));
  }

  write(part: number, row: unknown): void {
    const buffer = `${this.#buffers[part]}${JSON.stringify(row)}\n`;
    this.#buffers[part] = buffer;
    if (buffer.length >= this.#flushAt) this.#flush(part);
  }

  /** All is on the disk when it returns: the journal then says so. */
  [Symbol.dispose](): void {
    for (const part of this.#buffers.keys()) {
      this.#flush(part);
      const file = this.#files[part];
      if (file === undefined) continue;
      fsyncSync(file);
      closeSync(file);
    }
    syncFolder(this.#folder);
    syncFolder(dirname(this.#folder));
  }

  #flush(part: number): void {
    if (this.#buffers[part] === "") return;
    this.#files[part] ??= openSync(partFile(this.#folder, part), "a");
    const bytes = Buffer.from(this.#buffers[part]!);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#files[part]!, bytes, done);
    this.#buffers[part] = "";
  }
}

/** Part `number`, from 0, of `parts` in a folder. */
export interface SpilledPart {
  folder: string;
  number: number;
  parts: number;
}

function partFile(folder: string, part: number): string {
  return join(folder, `${String(part).padStart(5, "0")}.jsonl`);
}

/** Streams the rows of one part in the order written; a part that nothing was written to is empty. */
export async function* readPart<Row>(folder: string, part: number): AsyncGenerator<Row, void, undefined> {
  const input = createReadStream(partFile(folder, part), { encoding: "utf8", highWaterMark: 1 << 20 });
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
      yield rowOf<Row>(line, partFile(folder, part));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    input.destroy();
  }
}

function rowOf<Row>(line: string, path: string): Row {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is damaged; begin again with --restart`, { cause });
  }
}

/** A stable hash of an identifier (FNV-1a, 32 bits), to choose its part. */
export function partOf(identifier: string, parts: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < identifier.length; i++) {
    hash ^= identifier.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % parts;
}
