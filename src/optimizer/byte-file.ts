import { closeSync, openSync, readSync } from "node:fs";
import { TermduetError } from "../terminology/termduet-error.ts";

// One read of more than 2 GB fails on Linux.
const MOST_BYTES_AT_ONCE = 1 << 30;

/** A file from which stretches of bytes are read. */
export class ByteFile {
  readonly path: string;
  readonly #descriptor: number;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, "r");
  }

  /** Bytes in memory of their own, aligned for every element type. Errors: `bad-input` where the file is shorter. */
  read(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const wanted = Math.min(length - filled, MOST_BYTES_AT_ONCE);
      const got = readSync(this.#descriptor, bytes, filled, wanted, position + filled);
      if (got === 0) {
        const message = `${this.path} ends at byte ${position + filled}, before what is read of it; fetch or write it again`;
        throw new TermduetError("bad-input", message);
      }
      filled += got;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
