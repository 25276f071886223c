import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { TermduetError } from "../../terminology/termduet-error.ts";

/**
 * A file of rows of one length, numbered from 0. A row is read with one system call, some two microseconds where the
 * page is in memory; Lance takes fifty for a value by its place, which is most of a search.
 */
export class FixedRows implements Disposable {
  readonly #path: string;
  readonly #width: number;
  #file: number;
  #writable = false;

  private constructor(path: string, width: number, file: number) {
    this.#path = path;
    this.#width = width;
    this.#file = file;
  }

  static create(path: string): void {
    closeSync(openSync(path, "w"));
  }

  static open(path: string, width: number): FixedRows {
    return new FixedRows(path, width, openSync(path, "r"));
  }

  get count(): number {
    return Math.floor(fstatSync(this.#file).size / this.#width);
  }

  /** Writes rows from row `first` on and drops whatever was there or came after. They are on the disk when it returns. */
  write(first: number, rows: Uint8Array): void {
    this.#forWriting();
    const start = first * this.#width;
    if (fstatSync(this.#file).size < start)
      throw new TermduetError("internal", `${this.#path} ends before row ${first}; ingest with --restart`);
    ftruncateSync(this.#file, start);
    for (let done = 0; done < rows.length; )
      done += writeSync(this.#file, rows, done, rows.length - done, start + done);
    fsyncSync(this.#file);
  }

  /** Row `numbers[i]` in `into` at `i * width`. A row that is not there leaves zeros. */
  read(numbers: ArrayLike<number>, into: Uint8Array): void {
    const width = this.#width;
    for (let i = 0; i < numbers.length; i++)
      this.#fill(into, i * width, (i + 1) * width, numbers[i]! * width);
  }

  /** Rows `from` to `to` (exclusive) into the beginning of `into`. */
  readRange(from: number, to: number, into: Uint8Array): void {
    this.#fill(into, 0, (to - from) * this.#width, from * this.#width);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #fill(into: Uint8Array, from: number, to: number, position: number): void {
    for (let at = from; at < to; ) {
      const read = readSync(this.#file, into, at, to - at, position + at - from);
      if (read === 0) {
        into.fill(0, at, to);
        return;
      }
      at += read;
    }
  }

  #forWriting(): void {
    if (this.#writable) return;
    closeSync(this.#file);
    this.#file = openSync(this.#path, "r+");
    this.#writable = true;
  }
}
