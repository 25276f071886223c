import { fingerprintOf } from "./files/fingerprint.ts";
import { type PartFile, partContent } from "./files/stored-files.ts";
import { utf8Content } from "./files/text-encoding.ts";
import { textLines } from "./files/text-lines.ts";
import { rejectOf } from "./rejects-file.ts";
import type { ReadOptions, ReleaseRow, ReleaseSource, SourceFile } from "./release-source.ts";
import { delimitedRows } from "./table/delimited.ts";
import { TermduetError } from "./termduet-error.ts";

/** A row of a table with a header: its cells by the names of their columns. */
export interface TableRow {
  line: number;
  /** The cell of a column, trimmed; empty where the table has no such column. */
  cell(column: number): string;
}

const BATCH_ROWS = 2_000;

/** A release of several tables with headers, in a folder or an archive. */
export abstract class MultiFileRelease implements ReleaseSource {
  abstract readonly format: ReleaseSource["format"];
  readonly files: readonly SourceFile[];
  readonly #parts: readonly PartFile[];

  constructor(parts: readonly PartFile[]) {
    this.#parts = parts;
    this.files = parts.map(({ source: { name, bytes } }) => ({ name, bytes }));
  }

  abstract rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined>;

  fingerprint(signal?: AbortSignal): Promise<string> {
    const stored = new Map(this.#parts.map(({ stored }) => [stored.path, stored]));
    return fingerprintOf([...stored.values()], signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /**
   * Reads a table: `row` makes what a row says, or gives the reason why it cannot be read. Columns are found by their names
   * in the header, whatever the case; rows with another number of cells go to the rejects.
   */
  protected async *table(
    part: PartFile,
    columns: readonly string[],
    options: ReadOptions,
    row: (row: TableRow, at: readonly number[]) => ReleaseRow | ReleaseRow[] | string | undefined,
  ): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { name } = part.source;
    let header: { at: number[]; width: number } | undefined;
    let rows: ReleaseRow[] = [];
    for await (const batch of recordsOf(part, columns, options)) {
      options.signal?.throwIfAborted();
      for (const { line, fields, isUtf8 } of batch) {
        if (!header) {
          header = headerOf(fields, columns, name);
          continue;
        }
        const reason = !isUtf8
          ? "not UTF-8"
          : fields.length === header.width
            ? row({ line, cell: (at) => fields[at]?.trim() ?? "" }, header.at)
            : `${fields.length} columns, the header has ${header.width}`;
        if (typeof reason === "string") options.onReject(rejectOf(name, line, reason, fields.join("\t")));
        else if (Array.isArray(reason)) rows.push(...reason);
        else if (reason) rows.push(reason);
      }
      if (rows.length < BATCH_ROWS) continue;
      yield rows;
      rows = [];
    }
    if (!header) throw new TermduetError("bad-input", `${name} is empty: copy or download it again`);
    if (rows.length > 0) yield rows;
  }
}

/** Tables of these releases are tab-separated without any quoting (RF2, Athena), or CSV (LOINC, other exports). */
async function* recordsOf(part: PartFile, columns: readonly string[], options: ReadOptions) {
  const { name } = part.source;
  const content = utf8Content(partContent(part, { onBytes: options.onBytes, signal: options.signal }), {
    name,
    again: () => partContent(part, {}),
    onNotice: options.onNotice,
  });
  const { isTabbed, all } = await firstLine(content);
  if (!isTabbed) {
    const countKnown = (cells: readonly string[]) =>
      cells.filter((cell) => columns.includes(folded(cell))).length;
    yield* delimitedRows(all, { name, format: "csv", countKnown });
    return;
  }
  for await (const lines of textLines(all, name))
    yield lines
      .filter(({ text }) => text !== "")
      .map(({ number, text, isUtf8 }) => ({ line: number, fields: text.split("\t"), isUtf8 }));
}

async function firstLine(
  content: AsyncGenerator<Buffer>,
): Promise<{ isTabbed: boolean; all: AsyncGenerator<Buffer> }> {
  const first = await content.next();
  const head = first.done ? Buffer.alloc(0) : first.value;
  const end = head.indexOf(0x0a);
  const all = async function* () {
    if (!first.done) yield head;
    yield* content;
  };
  return { isTabbed: head.subarray(0, end < 0 ? head.length : end).includes(0x09), all: all() };
}

function headerOf(fields: readonly string[], columns: readonly string[], name: string) {
  const names = fields.map(folded);
  const at = columns.map((column) => names.indexOf(column.replace(/\?$/, "")));
  const missing = columns.filter((column, n) => at[n] === -1 && !column.endsWith("?"));
  if (missing.length > 0)
    throw new TermduetError(
      "bad-input",
      `${name} has no column ${missing.map((column) => `"${column}"`).join(", ")} (its first line is: ${fields.slice(0, 10).join(", ").slice(0, 200)}): check that it is the right file`,
    );
  return { at, width: fields.length };
}

function folded(cell: string): string {
  return cell
    .trim()
    .replace(/^\ufeff/, "")
    .toLowerCase();
}
