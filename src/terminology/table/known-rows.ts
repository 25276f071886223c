import { cleanText } from "../clean-text.ts";
import { TermduetError } from "../termduet-error.ts";
import { delimitedRows } from "./delimited.ts";
import { type ColumnNames, countKnownColumns, misfit, readHeader, type TableHeader } from "./table-header.ts";

/** A row of a table: the known columns' cells, cleaned, `""` where a column is not there. */
export interface KnownRow<Column extends string> {
  /** 1-based line in the file. */
  line: number;
  cells: Readonly<Record<Column, string>>;
}

/**
 * Rows of a table with a header, by its known columns; with or without byte order mark. All columns of `required` must be there.
 * @throws TermduetError `bad-input` for a missing column, or a row of another width or not UTF-8, with its line.
 */
export async function* knownRows<Column extends string>(
  chunks: AsyncIterable<Buffer>,
  columns: ColumnNames<Column>,
  required: readonly NoInfer<Column>[],
  { path, format }: { path: string; format: "csv" | "tsv" },
): AsyncGenerator<KnownRow<Column>, void, undefined> {
  const keys = Object.keys(columns) as Column[];
  const countKnown = (cells: readonly string[]): number => countKnownColumns(cells, columns);
  let header: TableHeader<Column> | undefined;
  for await (const part of delimitedRows(withoutMark(chunks), { name: path, format, countKnown })) {
    for (const { line, fields, isUtf8 } of part) {
      if (!header) {
        header = readHeader(fields, columns, required, path);
        continue;
      }
      const wrong = isUtf8 ? misfit(fields, header) : "not UTF-8";
      if (wrong) throw new TermduetError("bad-input", `${path}, line ${line}: ${wrong}`);
      const cell = (key: Column): string => cleanText(fields[header!.index[key] ?? -1] ?? "");
      yield {
        line,
        cells: Object.fromEntries(keys.map((key) => [key, cell(key)])) as Record<Column, string>,
      };
    }
  }
}

async function* withoutMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const bytes of chunks) {
    const marked = first && bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
    yield marked ? bytes.subarray(3) : bytes;
    first = false;
  }
}
