import { isUtf8 } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { CsvError, type Options, parse } from "csv-parse";
import { textLines } from "../files/text-lines.ts";
import { TermduetError } from "../termduet-error.ts";

export type Delimiter = "," | ";" | "\t";

/** One record of a delimited file; the first is the header. */
export interface DelimitedRow {
  /** 1-based line on which it begins. */
  line: number;
  fields: string[];
  isUtf8: boolean;
}

export interface DelimitedOptions {
  /** The file's name, for errors. */
  name: string;
  /**
   * `tsv`: one record a line, no quoting but for cells that a spreadsheet put into quotes. `csv`: RFC 4180, with the
   * delimiter, comma, semicolon or tab, found from the header.
   */
  format: "csv" | "tsv";
  /** How many columns of a header are known: the delimiter under which it is most is the file's. */
  countKnown: (cells: readonly string[]) => number;
}

/** The most that is looked at to find the header, and the most that one CSV record may hold (an open quote ends there). */
const MAX_RECORD_BYTES = 1024 * 1024;
const BATCH_ROWS = 1_000;
const DELIMITERS: readonly Delimiter[] = [",", ";", "\t"];

/** The records of a delimited file in arrays, the header first. Records of nothing but empty cells are passed over. */
export function delimitedRows(
  content: AsyncIterable<Buffer>,
  options: DelimitedOptions,
): AsyncGenerator<DelimitedRow[]> {
  return options.format === "tsv" ? tsvRows(content, options.name) : csvRows(content, options);
}

/** Splits a header line under the delimiter that makes most of its columns known. */
export function splitHeader(
  line: string,
  countKnown: (cells: readonly string[]) => number,
): { delimiter: Delimiter; cells: string[] } {
  const splits = DELIMITERS.map((delimiter) => ({ delimiter, cells: line.split(delimiter).map(unquoted) }));
  // The first wins a tie: a single column has no delimiter, and a comma is as good as any.
  return splits.reduce((best, split) => (merit(split.cells) > merit(best.cells) ? split : best));

  function merit(cells: string[]): number {
    return countKnown(cells) * 1_000 + Math.min(cells.length, 999);
  }
}

/** A record for people: as it may have stood in the file. */
export function textOfRow(row: DelimitedRow): string {
  return row.fields.join("\t");
}

async function* tsvRows(content: AsyncIterable<Buffer>, name: string): AsyncGenerator<DelimitedRow[]> {
  const joiner = new BrokenCells();
  for await (const lines of textLines(content, name)) {
    const rows: DelimitedRow[] = [];
    for (const { number, text, isUtf8 } of lines) rows.push(...joiner.take({ line: number, text, isUtf8 }));
    if (rows.length > 0) yield rows;
  }
  const rest = joiner.flush();
  if (rest.length > 0) yield rest;
}

interface TsvLine {
  line: number;
  text: string;
  isUtf8: boolean;
}

/** A cell may go on for so many lines. */
const MAX_CELL_LINES = 50;

/**
 * Puts lines together again where a spreadsheet has written a cell of several lines: quotes around it, its line breaks as they
 * are. Only what makes a record of the header's width with all quotes closed is one; else each line is a row of its own.
 */
class BrokenCells {
  #width: number | undefined;
  #pending: TsvLine[] = [];

  take(line: TsvLine): DelimitedRow[] {
    if (this.#pending.length > 0) {
      this.#pending.push(line);
      const text = this.#pending.map(({ text }) => text).join("\n");
      const cells = text.split("\t");
      if (!opens(cells.at(-1)!) && cells.length === this.#width) {
        const row = {
          line: this.#pending[0]!.line,
          fields: cells.map(unquoted),
          isUtf8: this.#pending.every((l) => l.isUtf8),
        };
        this.#pending = [];
        return [row];
      }
      const isLost = cells.length > this.#width! || this.#pending.length > MAX_CELL_LINES;
      return isLost ? this.flush() : [];
    }
    const cells = line.text.split("\t");
    if (this.#width !== undefined && cells.length <= this.#width && opens(cells.at(-1)!)) {
      this.#pending = [line];
      return [];
    }
    return this.#row(line);
  }

  /** What was kept back in vain: the first line as a row, the others as if they came anew. */
  flush(): DelimitedRow[] {
    const [first, ...others] = this.#pending;
    this.#pending = [];
    if (!first) return [];
    return [...this.#row(first), ...others.flatMap((line) => this.#row(line))];
  }

  #row({ line, text, isUtf8 }: TsvLine): DelimitedRow[] {
    if (text.trim() === "") return []; // nothing, or nothing but tabs
    const fields = text.split("\t").map(unquoted);
    this.#width ??= fields.length;
    return [{ line, fields, isUtf8 }];
  }
}

/** Whether a cell begins with a quote that is not closed in it. */
function opens(cell: string): boolean {
  return cell.startsWith('"') && (cell.split('"').length - 1) % 2 === 1;
}

async function* csvRows(
  content: AsyncIterable<Buffer>,
  { name, countKnown }: DelimitedOptions,
): AsyncGenerator<DelimitedRow[]> {
  const { head, all } = await peekLine(content);
  let line = 1;
  const parser = parse({
    delimiter: splitHeader(head, countKnown).delimiter,
    // Bytes pass through as characters, so that each record's encoding can be judged by itself.
    encoding: "latin1",
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_RECORD_BYTES,
    on_record: locate as unknown as NonNullable<Options["on_record"]>, // its type knows no records but arrays
  });
  /** Lines are counted here, not by the parser: its count is off behind a CRLF in quotes. */
  function locate(record: string[]): DelimitedRow {
    const row = decoded(record, line);
    line += 1 + record.reduce((sum, field) => sum + newlinesIn(field), 0);
    return row;
  }
  // An error of the content reaches the parser by pipeline, and from there the loop below.
  pipeline(Readable.from(all, { objectMode: false }), parser, () => {});
  let rows: DelimitedRow[] = [];
  try {
    for await (const row of parser as AsyncIterable<DelimitedRow>) {
      if (row.fields.every((field) => field === "")) continue;
      rows.push(row);
      if (rows.length < BATCH_ROWS) continue;
      yield rows;
      rows = [];
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const detail = cause.code === "CSV_MAX_RECORD_SIZE" ? "a record of more than 1 MB" : cause.message;
    throw new TermduetError(
      "bad-input",
      `${name} is not readable as CSV in the record that begins at line ${line} (${detail}): look for a quote that is not closed`,
      { cause },
    );
  }
  if (rows.length > 0) yield rows;
}

/** The first line of the content, without byte order mark, and the content from its start. */
async function peekLine(content: AsyncIterable<Buffer>) {
  const chunks = content[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  for (;;) {
    const next = await chunks.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
    if (start.includes(0x0a) || start.length > MAX_RECORD_BYTES) break;
  }
  if (start.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) start = start.subarray(3);
  const end = start.indexOf(0x0a);
  const head = start.toString("utf8", 0, end < 0 ? start.length : end).replace(/\r$/, "");
  const all = async function* () {
    try {
      yield start;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    } finally {
      await chunks.return?.();
    }
  };
  return { head, all: all() };
}

/** Fields whose characters stand for bytes, as UTF-8. */
function decoded(record: readonly string[], line: number): DelimitedRow {
  let isRowUtf8 = true;
  const fields = record.map((field) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is from 0 to 7F
    if (/^[\x00-\x7f]*$/.test(field)) return field;
    const bytes = Buffer.from(field, "latin1");
    isRowUtf8 &&= isUtf8(bytes);
    return bytes.toString("utf8");
  });
  return { line, fields, isUtf8: isRowUtf8 };
}

function newlinesIn(field: string): number {
  return field.includes("\n") ? field.split("\n").length - 1 : 0;
}

/** A cell without the quotes that spreadsheets put around it; as it is when the quotes are not a pair of those. */
function unquoted(cell: string): string {
  const match = /^"((?:[^"]|"")*)"$/.exec(cell.trim());
  return match ? match[1]!.replaceAll('""', '"') : cell;
}
