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

/** Whose CSV it is: RFC 4180's, or what Excel opens as it is, in a language with a decimal point or with a decimal comma. */
export type CsvDialect = "plain" | "excel-en" | "excel-fr";
export const CSV_DIALECTS: readonly CsvDialect[] = ["plain", "excel-en", "excel-fr"];

/** A CSV file for a spreadsheet or a program. Excel wants a byte order mark, and in French semicolons and decimal commas. */
export class CsvFile extends TextFile {
  readonly #dialect: CsvDialect;

  constructor(path: string, dialect: CsvDialect = "plain") {
    super(path);
    this.#dialect = dialect;
    if (dialect !== "plain") this.write("\uFEFF");
  }

  row(cells: readonly Cell[]): void {
    if (this.#dialect === "plain") {
      this.write(tableRow(cells, ","));
      return;
    }
    const isFrench = this.#dialect === "excel-fr";
    const written = isFrench
      ? cells.map((cell) => (typeof cell === "number" ? String(cell).replace(".", ",") : cell))
      : cells;
    const delimiter = isFrench ? ";" : ",";
    this.write(stringify([written as Cell[]], { delimiter, record_delimiter: "\r\n" }));
  }
}

const FORMULA = /^[=+\-@\t\r\uFF0B\uFF0D\uFF1D\uFF20]/;
const NUMBER = /^[+-]?\d[\d\s.,]*%?$/;
/** Where Excel in another language cuts a line of this file, the rest is a cell of its own. */
const INNER_FORMULA =
  /([;\t\r\n]\s*)(?=[=@\uFF1D\uFF20]|[+\-\uFF0B\uFF0D](?!\s*\d[\d\s.,]*%?(?:[;\t\r\n]|$)))/g;

/**
 * A text of somebody else's as a cell of a CSV file. Spreadsheets run a cell that begins with `=`, `+`, `-`, `@`, a tab
 * or a carriage return as a formula (CSV injection), so such a cell gets an apostrophe before it, which they show as
 * text; plain numbers are left as they are. So is what follows a semicolon, a tab or a line end in a cell, at which a
 * spreadsheet of another language begins a new cell. Readers who want the text itself take it from the SSSOM file, or remove the
 * one apostrophe.
 */
export function safeText(text: string): string {
  const inner = text.replace(INNER_FORMULA, "$1'");
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${inner}` : inner;
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
  const rest = (cell.startsWith("'") ? cell.slice(1) : cell).replace(/([;\t\r\n]\s*)'/g, "$1");
  return safeText(rest) === cell ? rest : cell;
}
