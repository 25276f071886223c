import { createReadStream } from "node:fs";
import { extname } from "node:path";
import { cleanText } from "../../terminology/clean-text.ts";
import { statOf } from "../../terminology/files/file-access.ts";
import { delimitedRows } from "../../terminology/table/delimited.ts";
import {
  type ColumnNames,
  countKnownColumns,
  misfit,
  readHeader,
} from "../../terminology/table/table-header.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";

/** A row of a table of examples: the known columns' cells, cleaned, `""` where a column is not there. */
export interface LabelledRow<Column extends string> {
  line: number;
  cells: Readonly<Record<Column, string>>;
}

/**
 * Reads a `.tsv` or `.csv` of examples with a header. All columns of `required` must be there.
 * @throws TermduetError `not-found`; `bad-input` for a missing column, a row of another width or not UTF-8 (with its
 *   line), or a table without rows.
 */
export async function labelledTable<Column extends string>(
  path: string,
  columns: ColumnNames<Column>,
  required: readonly NoInfer<Column>[],
): Promise<LabelledRow<Column>[]> {
  await statOf(path);
  const keys = Object.keys(columns) as Column[];
  const format = extname(path).toLowerCase() === ".csv" ? "csv" : "tsv";
  const countKnown = (cells: readonly string[]): number => countKnownColumns(cells, columns);
  const rows: LabelledRow<Column>[] = [];
  let header: ReturnType<typeof readHeader<Column>> | undefined;
  for await (const part of delimitedRows(withoutMark(path), { name: path, format, countKnown })) {
    for (const { line, fields, isUtf8 } of part) {
      if (!header) {
        header = readHeader(fields, columns, required, path);
        continue;
      }
      const wrong = isUtf8 ? misfit(fields, header) : "not UTF-8";
      if (wrong) throw new TermduetError("bad-input", `${path}, line ${line}: ${wrong}`);
      const cell = (key: Column): string => cleanText(fields[header!.index[key] ?? -1] ?? "");
      rows.push({
        line,
        cells: Object.fromEntries(keys.map((key) => [key, cell(key)])) as Record<Column, string>,
      });
    }
  }
  if (rows.length === 0)
    throw new TermduetError("bad-input", `${path} is empty: it begins with a header of ${keys.join(", ")}`);
  return rows;
}

async function* withoutMark(path: string): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of createReadStream(path)) {
    const bytes = chunk as Buffer;
    yield first && bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? bytes.subarray(3) : bytes;
    first = false;
  }
}

/** The number of a cell, with a decimal comma or point. Errors: `bad-input` with the line. */
export function numberOf(text: string, what: string, path: string, line: number): number {
  const value = Number(text.replace(",", "."));
  if (text !== "" && Number.isFinite(value)) return value;
  throw new TermduetError("bad-input", `${path}, line ${line}: ${what} "${text.slice(0, 40)}" is no number`);
}
