import { closeSync, openSync, writeSync } from "node:fs";
import { stringify } from "csv-stringify/sync";

export type Cell = string | number | undefined;

const BUFFER_CHARACTERS = 256 * 1024;

/** A text file that is written in pieces, synchronously, so that a full disk is an error here and now. */
export class TextFile implements Disposable {
  readonly #fd: number;
  #buffer = "";

  constructor(path: string) {
    this.#fd = openSync(path, "w");
  }

  write(text: string): void {
    this.#buffer += text;
    if (this.#buffer.length >= BUFFER_CHARACTERS) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.#buffer);
    this.#buffer = "";
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
  }

  /** Closes without writing what is still in memory: after an error the file is thrown away. */
  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

/** One row of a table as text: RFC 4180 quotes, UTF-8, LF. An undefined cell is an empty one. */
export function tableRow(cells: readonly Cell[], delimiter: "," | "\t"): string {
  // A line that begins with # is a comment to readers of SSSOM.
  return stringify([cells as Cell[]], { delimiter, record_delimiter: "\n", quoted_match: /^#/ });
}

const FORMULA = /^[=+\-@\t\r\uFF0B\uFF0D\uFF1D\uFF20]/;
const NUMBER = /^[+-]?\d[\d\s.,]*%?$/;

/**
 * A text of somebody else's as a cell of a CSV file. Spreadsheets run a cell that begins with `=`, `+`, `-`, `@`, a tab
 * or a carriage return as a formula (CSV injection), so such a cell gets an apostrophe before it, which they show as
 * text; plain numbers are left as they are. Readers who want the text itself take it from the SSSOM file, or remove the
 * one apostrophe.
 */
export function safeText(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** Several values in one cell: ` | ` between them, a bar or backslash inside one after a backslash, as in SSSOM. */
export function listCell(values: readonly string[]): string {
  return values.map((value) => value.replace(/[\\|]/g, "\\$&")).join(" | ");
}

/** A column that is ours by this name, or else one of the lexicon's own, renamed where it would clash with ours. */
export function withoutClash(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  while (taken.has(free)) free = `lexicon_${free}`;
  return free;
}

/** The text of a cell that `safeText` wrote. */
export function textOfCell(cell: string): string {
  const rest = cell.slice(1);
  return cell.startsWith("'") && safeText(rest) === cell ? rest : cell;
}
