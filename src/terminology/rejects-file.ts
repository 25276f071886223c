import { closeSync, fstatSync, openSync, rmSync, writeSync } from "node:fs";
import type { Reject } from "./release-source.ts";
import { errnoOf, TermduetError } from "./termduet-error.ts";

/** How much of a row is kept: what a person can look at. */
const TEXT_CHARACTERS = 2_000;
const BUFFER_CHARACTERS = 64 * 1024;

/** A row that could not be read, its text cut to 2,000 characters. */
export function rejectOf(file: string, line: number, reason: string, text: string): Reject {
  return { file, line, reason, text: text.slice(0, TEXT_CHARACTERS) };
}

/**
 * Keeps rejects as TSV: a header, then file, line, reason, text; tab, newline, carriage return and backslash inside a
 * value are written `\t`, `\n`, `\r`, `\\`. The file is made at the first reject; one of an earlier run is removed
 * at once, unless `append` is set (a resumed run). It writes synchronously, so that a flood of rejects cannot pile up
 * in memory.
 * @throws TermduetError `no-space` or `unavailable` when the file cannot be written.
 */
export class RejectsFile implements Disposable {
  readonly path: string;
  readonly #append: boolean;
  #fd: number | undefined;
  #buffer = "";
  #count = 0;

  constructor(path: string, options: { append?: boolean } = {}) {
    this.path = path;
    this.#append = options.append ?? false;
    if (!this.#append) this.#attempt(() => rmSync(path, { force: true }));
  }

  /** Rejects added by this run. */
  get count(): number {
    return this.#count;
  }

  /** Adds one; bound, so that it can be handed on as `onReject`. */
  readonly add = (reject: Reject): void => {
    this.#count++;
    const values = [reject.file, String(reject.line), reject.reason, reject.text];
    this.#buffer += `${values.map(escaped).join("\t")}\n`;
    if (this.#buffer.length >= BUFFER_CHARACTERS || this.#fd === undefined) this.flush();
  };

  /** Writes what is still in memory. */
  flush(): void {
    if (this.#buffer === "") return;
    const bytes = Buffer.from(this.#buffer);
    this.#buffer = ""; // also when writing fails: the error says so once, and disposal is not to say it again
    this.#attempt(() => {
      if (this.#fd === undefined) this.#fd = this.#open();
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    });
  }

  [Symbol.dispose](): void {
    this.flush();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open(): number {
    const fd = openSync(this.path, this.#append ? "a" : "w");
    if (!this.#append || fstatSync(fd).size === 0) writeSync(fd, "file\tline\treason\ttext\n");
    return fd;
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (cause) {
      const code = errnoOf(cause) === "ENOSPC" ? "no-space" : "unavailable";
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new TermduetError(code, `the rejects file ${this.path} cannot be written (${detail})`, { cause });
    }
  }
}

/** Whether more than `maxShare` (0 to 1) of `rows`, rejects among them, were rejected. */
export function tooMany(rows: number, rejects: number, maxShare: number): boolean {
  return rejects > rows * maxShare;
}

function escaped(value: string): string {
  return value.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!);
}

const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
