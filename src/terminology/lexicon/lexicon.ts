import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { cleanText } from "../clean-text.ts";
import { statOf, unreadable } from "../files/file-access.ts";
import { textLines } from "../files/text-lines.ts";
import { languageCode } from "../languages.ts";
import { rejectOf } from "../rejects-file.ts";
import type { Reject } from "../release-source.ts";
import { type DelimitedRow, delimitedRows, splitHeader, textOfRow } from "../table/delimited.ts";
import {
  type ColumnNames,
  countKnownColumns,
  misfit,
  readHeader,
  type TableHeader,
} from "../table/table-header.ts";
import { TermduetError } from "../termduet-error.ts";
import { type LexiconEncoding, lexiconBytes } from "./lexicon-encoding.ts";
import { sheetRows } from "./lexicon-sheet.ts";

/** One row of a lexicon: a term to be aligned, with what explains it. */
export interface LexiconEntry {
  /** Of the column `id`, else `L` and six digits, the number of the row below the header. */
  id: string;
  /** *Biomedical Term*, NFC and trimmed. */
  term: string;
  /** *Public Explanation*; absent where the cell is empty. */
  explanation?: string;
  synonyms: string[];
  /** Text in which the term stands; absent where the cell is empty. */
  context?: string;
  /** ISO 639-1 in lower case, or a three-letter code where the language has none; absent where the cell is empty. */
  lang?: string;
  /** 1-based line in the file. */
  line: number;
  /** The other columns, by their names in the file, as they are. */
  extra: Record<string, string>;
}

export interface LexiconOptions {
  /** Default `utf-8`, with or without byte order mark. */
  encoding?: LexiconEncoding;
  /** Told of each row without a term, with a wrong language or another number of columns than the header. */
  onReject?: (reject: Reject) => void;
}

type Column = "id" | "term" | "explanation" | "synonyms" | "lang" | "context";

/** The contract's names, and the headers of the authors' lexicon in French and English. */
const COLUMNS: ColumnNames<Column> = {
  id: ["id"],
  term: ["term", "terme", "biomedical term"],
  explanation: ["explanation", "public explanation", "explication au grand public"],
  synonyms: ["synonyms"],
  lang: ["lang"],
  context: ["context", "contexte"],
};

/** A lexicon is held in memory whole; a release-sized table is for `ingest`. */
const MAX_BYTES = 256 * 1024 * 1024;
const EXTENSIONS: readonly string[] = [".txt", ".tsv", ".csv", ".xlsx"];

/**
 * Reads a lexicon: `.csv` (comma, semicolon or tab), `.tsv`, the first sheet of an `.xlsx`, or `.txt`, which is such a table when its first line is a
 * header that names the term, and one term a line otherwise. All of it is read before anything is returned.
 * @throws TermduetError `not-found`; `bad-input` for another kind of file, another encoding, a header without a term,
 *   an id that comes twice, or a lexicon without an entry.
 */
export async function readLexicon(path: string, options: LexiconOptions = {}): Promise<LexiconEntry[]> {
  const extension = extname(path).toLowerCase();
  if (!EXTENSIONS.includes(extension))
    throw new TermduetError(
      "bad-input",
      `${path} is no lexicon that can be read: give a .csv, .tsv, .txt or .xlsx`,
    );
  const bytes = await bytesOf(path, extension === ".xlsx" ? undefined : (options.encoding ?? "utf-8"));
  const onReject = options.onReject ?? (() => {});
  const entries: LexiconEntry[] = [];
  const reject = (row: DelimitedRow, reason: string) => {
    onReject(rejectOf(path, row.line, reason, textOfRow(row)));
  };
  let header: TableHeader<Column> | undefined;
  let number = 0; // of the row below the header, so that an id stays the same when a row above is mended
  for await (const rows of lexiconRows(bytes, extension, path)) {
    for (const row of rows) {
      if (!header) {
        header = readHeader(row.fields, COLUMNS, ["term"], path);
        continue;
      }
      const entry = entryOf(row, header, ++number);
      if (typeof entry === "object") entries.push(entry);
      else reject(row, entry);
    }
  }
  if (entries.length === 0) throw new TermduetError("bad-input", `${path} holds no entry with a term`);
  checkIds(entries, path);
  return entries;
}

/** The file's bytes, as UTF-8 where an encoding is given. */
async function bytesOf(path: string, encoding: LexiconEncoding | undefined): Promise<Buffer> {
  const stats = await statOf(path);
  if (!stats.isFile())
    throw new TermduetError("bad-input", `${path} is no file: give a .csv, .tsv, .txt or .xlsx`);
  if (stats.size > MAX_BYTES) {
    throw new TermduetError(
      "bad-input",
      `${path} is larger than ${MAX_BYTES / 1024 / 1024} MB: cut it into pieces`,
    );
  }
  try {
    const bytes = await readFile(path);
    return encoding === undefined ? bytes : lexiconBytes(bytes, encoding, path);
  } catch (error) {
    throw error instanceof TermduetError ? error : unreadable(path, error);
  }
}

/** The rows of a lexicon, a header first. */
async function* lexiconRows(bytes: Buffer, extension: string, name: string): AsyncGenerator<DelimitedRow[]> {
  if (extension === ".xlsx") {
    yield await sheetRows(bytes, name);
    return;
  }
  const countKnown = (cells: readonly string[]) => countKnownColumns(cells, COLUMNS);
  const newline = bytes.indexOf(0x0a);
  const firstLine = bytes.toString("utf8", 0, newline < 0 ? bytes.length : newline).trim();
  const { delimiter, cells } = splitHeader(firstLine, countKnown);
  const namesTerm = cells.some((cell) => countKnownColumns([cell], { term: COLUMNS.term }) > 0);
  if (extension === ".txt" && !namesTerm) {
    if (firstLine.includes("\t")) readHeader(cells, COLUMNS, ["term"], name); // tells what is missing
    yield* plainRows(bytes, name);
    return;
  }
  const isTsv = extension === ".tsv" || (extension === ".txt" && (delimiter === "\t" || cells.length === 1));
  yield* delimitedRows(once(bytes), { name, format: isTsv ? "tsv" : "csv", countKnown });
}

/** A list of terms as a table of one column. */
async function* plainRows(bytes: Buffer, name: string): AsyncGenerator<DelimitedRow[]> {
  yield [{ line: 0, fields: ["term"], isUtf8: true }];
  for await (const lines of textLines(once(bytes), name)) {
    yield lines
      .filter(({ text }) => text.trim() !== "")
      .map(({ number, text }) => ({ line: number, fields: [text], isUtf8: true }));
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** The entry of a row, or the reason why there is none. */
function entryOf(row: DelimitedRow, header: TableHeader<Column>, number: number): LexiconEntry | string {
  const reason = misfit(row.fields, header);
  if (reason) return reason;
  const cell = (column: Column) => cleanText(row.fields[header.index[column] ?? -1] ?? "");
  const term = cell("term");
  if (term === "") return "empty term";
  const explanation = cell("explanation");
  const context = cell("context");
  const lang = cell("lang");
  const code = lang && languageCode(lang);
  if (code === undefined) return `"${lang}" is no language code`;
  return {
    id: cell("id") || `L${String(number).padStart(6, "0")}`,
    term,
    ...(explanation && { explanation }),
    synonyms: cell("synonyms")
      .split("|")
      .map((synonym) => synonym.trim())
      .filter(Boolean),
    ...(context && { context }),
    ...(code && { lang: code }),
    line: row.line,
    extra: Object.fromEntries(header.others.map(([name, index]) => [name, row.fields[index] ?? ""])),
  };
}

function checkIds(entries: readonly LexiconEntry[], path: string): void {
  const lines = new Map<string, number>();
  for (const { id, line } of entries) {
    const earlier = lines.get(id);
    if (earlier !== undefined) {
      throw new TermduetError(
        "bad-input",
        `${path} has the id "${id}" twice, on lines ${earlier} and ${line}: ids must differ`,
      );
    }
    lines.set(id, line);
  }
}
