import type { Stats } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { cleanText } from "../clean-text.ts";
import { fileSource } from "../files/byte-source.ts";
import { contentOf } from "../files/decompress.ts";
import { statOf, unreadable } from "../files/file-access.ts";
import { type TextEncoding, utf8Bytes } from "../files/text-encoding.ts";
import { textLines } from "../files/text-lines.ts";
import { languageCode } from "../languages.ts";
import { openRelease } from "../open-release.ts";
import { rejectOf } from "../rejects-file.ts";
import type { Reject } from "../release-source.ts";
import { type DelimitedRow, delimitedRows, splitHeader, textOfRow } from "../table/delimited.ts";
import { sheetRows } from "../table/sheet-rows.ts";
import {
  type ColumnNames,
  countKnownColumns,
  misfit,
  readHeader,
  type TableHeader,
} from "../table/table-header.ts";
import { TERM_COLUMNS } from "../table/term-columns.ts";
import { TermduetError } from "../termduet-error.ts";
import { checkedUtf8 } from "./checked-utf8.ts";
import { entriesOf } from "./ontology-entries.ts";

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
  /** Of an ontology: ids of the classes above this one. */
  parents?: string[];
  /** Of an ontology: ids of classes that share no member with this one; each pair is told once. */
  disjoint?: string[];
  /** Of a terminology that has them: TUIs, or what it has for them. */
  semanticTypes?: string[];
}

export interface LexiconOptions {
  /** Of a table without byte order mark; found where it is left out: UTF-8, UTF-16, or Windows-1252 where that is certain. */
  encoding?: TextEncoding | undefined;
  /** Told of each row without a term, with a wrong language or another number of columns than the header. */
  onReject?: (reject: Reject) => void;
  /** Told once of what is read otherwise than one may expect, or not at all. One line. */
  onNotice?: (message: string) => void;
  signal?: AbortSignal;
}

type Column = "id" | "term" | "explanation" | "synonyms" | "lang" | "context";

/** The contract's names, and the headers of the authors' lexicon in French and English. */
const COLUMNS: ColumnNames<Column> = {
  id: TERM_COLUMNS.id,
  term: TERM_COLUMNS.term,
  explanation: [
    "explanation",
    "public explanation",
    "explication au grand public",
    "explication",
    ...TERM_COLUMNS.definition,
  ],
  synonyms: TERM_COLUMNS.synonyms,
  lang: TERM_COLUMNS.lang,
  context: ["context", "contexte"],
};

/** A lexicon is held in memory whole; a release-sized table is for `ingest`. */
const MAX_BYTES = 256 * 1024 * 1024;
const EXTENSIONS: readonly string[] = [".txt", ".tsv", ".csv", ".xlsx"];
const KINDS =
  "a .csv, .tsv, .txt or .xlsx of terms, or an ontology (.obo, .json, .owl, .rdf, .ttl; also .gz or in a zip)";

/**
 * Reads a lexicon: `.csv` (comma, semicolon or tab), `.tsv`, the first sheet of an `.xlsx`, or `.txt`, which is such a table when its first line is a
 * header that names the term, and one term a line otherwise; each also as `.gz`. Any other terminology that `openRelease` reads is
 * a lexicon of its terms. All of it is read before anything is returned.
 * @throws TermduetError `not-found`; `bad-input` for another kind of file, another encoding, a header without a term,
 *   an id that comes twice, or a lexicon without an entry.
 */
export async function readLexicon(path: string, options: LexiconOptions = {}): Promise<LexiconEntry[]> {
  const bare = path.replace(/\.gz$/i, "");
  const extension = extname(bare).toLowerCase();
  const stats = await statOf(path);
  if (!EXTENSIONS.includes(extension) || stats.isDirectory())
    return await ontologyEntries(path, stats, options);
  const bytes = await bytesOf(path, stats, extension === ".xlsx" ? undefined : options);
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

/** The entries of whatever is no table of terms: any release that can be opened. */
async function ontologyEntries(path: string, stats: Stats, options: LexiconOptions): Promise<LexiconEntry[]> {
  if (!stats.isDirectory() && !/\.[a-z]+$/i.test(path))
    throw new TermduetError("bad-input", `${path} is no lexicon that can be read: give ${KINDS}`);
  await using source = await openRelease(path, { encoding: options.encoding });
  const { onReject = () => {}, onNotice, signal } = options;
  return await entriesOf(source, { onReject, onNotice, ...(signal ? { signal } : {}) });
}

/** The file's bytes, unpacked; as UTF-8 where it is a text. */
async function bytesOf(path: string, stats: Stats, text: LexiconOptions | undefined): Promise<Buffer> {
  if (!stats.isFile()) throw new TermduetError("bad-input", `${path} is no file: give ${KINDS}`);
  const tooLarge = () =>
    new TermduetError(
      "bad-input",
      `${path} is larger than ${MAX_BYTES / 1024 / 1024} MB: cut it into pieces`,
    );
  if (stats.size > MAX_BYTES) throw tooLarge();
  try {
    let bytes = await readFile(path);
    if (/\.gz$/i.test(path)) {
      const pieces: Buffer[] = [];
      let total = 0;
      const source = fileSource(path, stats.size);
      for await (const piece of contentOf({ parts: [source], isGzip: true }, {})) {
        total += piece.length;
        if (total > MAX_BYTES) throw tooLarge();
        pieces.push(piece);
      }
      bytes = Buffer.concat(pieces);
    }
    if (text === undefined) return bytes;
    const { encoding, onNotice } = text;
    return checkedUtf8(await utf8Bytes(bytes, { name: path, encoding, onNotice }), path);
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
    id: cell("id") || numberedId(number),
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

/** The id of an entry of a lexicon without ids: the number of its row. */
function numberedId(row: number): string {
  return `L${String(row).padStart(6, "0")}`;
}

/** Whether an id is one that `readLexicon` has given. */
export function isNumberedId(id: string): boolean {
  return /^L\d{6,}$/.test(id);
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
