import { contentOf } from "../files/decompress.ts";
import { fingerprintOf, type StoredFile } from "../files/fingerprint.ts";
import { lineBlocks } from "../files/line-blocks.ts";
import { rejectOf } from "../rejects-file.ts";
import type { ReadOptions, ReleaseRow, ReleaseSource, SourceFile } from "../release-source.ts";
import { TermduetError } from "../termduet-error.ts";
import type { TableFiles } from "./rrf-layout.ts";
import { RrfLine } from "./rrf-line.ts";
import { RRF_READERS } from "./rrf-tables.ts";

/** Rows go out in arrays of at least this many, but for the last. */
const BATCH_ROWS = 2_000;

/** A release in Rich Release Format. `stored` are the files on disk that it is made of; `close` frees what it holds. */
export class RrfRelease implements ReleaseSource {
  readonly format = "rrf";
  readonly files: readonly SourceFile[];
  readonly #tables: readonly TableFiles[];
  readonly #stored: readonly StoredFile[];
  readonly #close: () => Promise<void>;

  constructor(tables: readonly TableFiles[], stored: readonly StoredFile[], close = async () => {}) {
    this.#tables = tables;
    this.#stored = stored;
    this.#close = close;
    this.files = tables.flatMap(({ parts }) => parts.map(({ name, bytes }) => ({ name, bytes })));
  }

  fingerprint(signal?: AbortSignal): Promise<string> {
    return fingerprintOf(this.#stored, signal);
  }

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    for (const table of this.#tables) yield* tableRows(table, options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

async function* tableRows(table: TableFiles, options: ReadOptions): AsyncGenerator<ReleaseRow[]> {
  const { columns, read } = RRF_READERS[table.table];
  const line = new RrfLine();
  let rows: ReleaseRow[] = [];
  let readable = 0;
  let rejected = 0;
  const visit = (line: RrfLine) => {
    const row = wrongShape(line, columns) ?? read(line);
    if (typeof row === "object") {
      rows.push(row);
      readable++;
    } else if (row !== undefined) {
      rejected++;
      options.onReject(rejectOf(table.name, line.number, row, line.toString()));
    }
  };
  for await (const block of lineBlocks(contentOf(table, options), table.name)) {
    options.signal?.throwIfAborted();
    line.visitLines(block, visit);
    if (rows.length < BATCH_ROWS) continue;
    yield rows;
    rows = [];
  }
  if (table.table === "MRCONSO" && readable === 0) throw withoutAtoms(table.name, rejected);
  if (rows.length > 0) yield rows;
}

function wrongShape(line: RrfLine, columns: number): string | undefined {
  if (!line.isUtf8()) return "not UTF-8";
  if (line.columns === columns && line.isClosed) return undefined;
  if (!line.isClosed)
    return `the line does not end in "|" (${line.columns + 1} columns, ${columns} expected)`;
  return `${line.columns} columns, ${columns} expected`;
}

function withoutAtoms(name: string, rejected: number): TermduetError {
  const found = rejected === 0 ? "it is empty" : `none of its ${rejected} lines is a row of MRCONSO`;
  return new TermduetError("bad-input", `${name} holds no atom: ${found}; check that it is the right file`);
}
