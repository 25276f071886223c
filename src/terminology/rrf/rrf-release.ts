import { contentOf } from "../files/decompress.ts";
import { fingerprintOf, type StoredFile } from "../files/fingerprint.ts";
import { lineBlocks } from "../files/line-blocks.ts";
import { rejectOf } from "../rejects-file.ts";
import type { ReadOptions, ReleaseRow, ReleaseSource, SourceFile } from "../release-source.ts";
import { TermduetError } from "../termduet-error.ts";
import { ReleaseManifest } from "./release-manifest.ts";
import type { TableFiles } from "./rrf-layout.ts";
import { RrfLine } from "./rrf-line.ts";
import { RRF_READERS, RRF_TABLES, type RrfTable } from "./rrf-tables.ts";

/** Rows go out in arrays of at least this many, but for the last. */
const BATCH_ROWS = 2_000;

/** A release in Rich Release Format. `stored` are the files on disk that it is made of; `close` frees what it holds. */
export class RrfRelease implements ReleaseSource {
  readonly format: "rrf" | "rxnorm";
  readonly files: readonly SourceFile[];
  readonly #tables: readonly TableFiles[];
  readonly #stored: readonly StoredFile[];
  readonly #close: () => Promise<void>;
  readonly #isArchive: boolean;

  constructor(tables: readonly TableFiles[], stored: readonly StoredFile[], close = async () => {}) {
    this.format = tables.some(({ table }) => table === "RXNCONSO") ? "rxnorm" : "rrf";
    this.#isArchive = stored.some(({ name }) => /\.(?:zip|nlm)$/i.test(name));
    this.#tables = tables;
    this.#stored = stored;
    this.#close = close;
    this.files = tables.flatMap(({ parts }) => parts.map(({ name, bytes }) => ({ name, bytes })));
  }

  fingerprint(signal?: AbortSignal): Promise<string> {
    return fingerprintOf(this.#stored, signal);
  }

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const manifest = await ReleaseManifest.read(this.#tables);
    const tables = this.#tables.filter(isDataTable);
    for (const table of RRF_TABLES) {
      if (!manifest.has(`${table}.RRF`) || tables.some((found) => found.table === table)) continue;
      if (this.#isArchive)
        throw new TermduetError(
          "bad-input",
          `${table}.RRF is missing, and MRFILES.RRF says that it is part of the release: copy or download all of its -meta.nlm archives`,
        );
      options.onNotice?.(
        `${table}.RRF is not there, although MRFILES.RRF lists it: the release is read without`,
      );
    }
    for (const table of tables) yield* tableRows(table, manifest, options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

type DataTable = TableFiles & { table: RrfTable };

function isDataTable(found: TableFiles): found is DataTable {
  return RRF_TABLES.some((table) => table === found.table);
}

async function* tableRows(
  table: DataTable,
  manifest: ReleaseManifest,
  options: ReadOptions,
): AsyncGenerator<ReleaseRow[]> {
  const { columns: manual, read } = RRF_READERS[table.table];
  const { width, order } = manifest.layoutOf(table, manual);
  const line = new RrfLine(order);
  let rows: ReleaseRow[] = [];
  let readable = 0;
  let rejected = 0;
  let bytes = 0;
  let last: { number: number; reason: string } | undefined; // the last line that was rejected
  let first: string | undefined; // and why the first was
  const visit = (line: RrfLine) => {
    const row = wrongShape(line, width) ?? read(line);
    if (typeof row === "object") {
      rows.push(row);
      readable++;
    } else if (row !== undefined) {
      rejected++;
      first ??= row;
      last = { number: line.number, reason: row };
      options.onReject(rejectOf(table.name, line.number, row, line.toString()));
    }
  };
  let isClosed = true;
  const content = counted(contentOf(table, options), (chunk) => {
    bytes += chunk.length;
    if (chunk.length > 0) isClosed = chunk.at(-1) === 0x0a;
  });
  for await (const block of lineBlocks(content, table.name)) {
    options.signal?.throwIfAborted();
    line.visitLines(block, visit);
    if (rows.length < BATCH_ROWS) continue;
    yield rows;
    rows = [];
  }
  if (/CONSO$/.test(table.table) && readable === 0) throw withoutAtoms(table, rejected, first);
  // The end of a file is where a copy that was broken off shows, however small the share of rejects.
  if (!isClosed && last?.number === line.number)
    throw new TermduetError(
      "bad-input",
      `${table.name} ends within line ${line.number} (${last.reason}): it is cut short; copy or download it again`,
    );
  manifest.check(table, { rows: line.number, bytes });
  if (rows.length > 0) yield rows;
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  count: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    count(chunk);
    yield chunk;
  }
}

function wrongShape(line: RrfLine, columns: number): string | undefined {
  if (!line.isUtf8()) return "not UTF-8";
  if (line.columns === columns && line.isClosed) return undefined;
  if (!line.isClosed)
    return `the line does not end in "|" (${line.columns + 1} columns, ${columns} expected)`;
  return `${line.columns} columns, ${columns} expected`;
}

function withoutAtoms(
  { table, name }: TableFiles,
  rejected: number,
  first: string | undefined,
): TermduetError {
  const found =
    rejected === 0
      ? "it is empty"
      : `none of its ${rejected} lines is a row of ${table}, the first for: ${first}`;
  return new TermduetError("bad-input", `${name} holds no atom: ${found}; check that it is the right file`);
}
