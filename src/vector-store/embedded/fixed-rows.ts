import { TermduetError } from "../../terminology/termduet-error.ts";
import { CheckedFile } from "./checked-file.ts";

/**
 * A file of rows of one length, numbered from 0. A row is read with one system call, some two microseconds where the
 * page is in memory.
 */
export class FixedRows implements Disposable {
  readonly #path: string;
  readonly #width: number;
  readonly #file: CheckedFile;

  private constructor(path: string, width: number, file: CheckedFile) {
    this.#path = path;
    this.#width = width;
    this.#file = file;
  }

  static create(path: string): void {
    CheckedFile.create(path);
  }

  static open(path: string, width: number, seen?: Uint8Array): FixedRows {
    return new FixedRows(path, width, CheckedFile.open(path, seen));
  }

  get count(): number {
    return Math.floor(this.#file.size / this.#width);
  }

  /** Writes rows from row `first` on and drops whatever was there or came after. They are on the disk when it returns. */
  write(first: number, rows: Uint8Array): void {
    if (this.count < first)
      throw new TermduetError("internal", `${this.#path} ends before row ${first}; ingest with --restart`);
    this.#file.write(first * this.#width, rows);
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
    this.#file[Symbol.dispose]();
  }

  #fill(into: Uint8Array, from: number, to: number, position: number): void {
    into.fill(0, from + this.#file.read(into, from, to, position), to);
  }
}
