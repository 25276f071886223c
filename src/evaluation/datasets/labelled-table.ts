import { createReadStream } from "node:fs";
import { extname } from "node:path";
import { statOf } from "../../terminology/files/file-access.ts";
import { type KnownRow, knownRows } from "../../terminology/table/known-rows.ts";
import type { ColumnNames } from "../../terminology/table/table-header.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";

/**
 * Reads a `.tsv` or `.csv` of examples with a header. All columns of `required` must be there.
 * @throws TermduetError `not-found`; `bad-input` for a missing column, a row of another width or not UTF-8 (with its
 *   line), or a table without rows.
 */
export async function labelledTable<Column extends string>(
  path: string,
  columns: ColumnNames<Column>,
  required: readonly NoInfer<Column>[],
): Promise<KnownRow<Column>[]> {
  await statOf(path);
  const format = extname(path).toLowerCase() === ".csv" ? "csv" : "tsv";
  const chunks: AsyncIterable<Buffer> = createReadStream(path);
  const rows: KnownRow<Column>[] = [];
  for await (const row of knownRows(chunks, columns, required, { path, format })) rows.push(row);
  if (rows.length === 0)
    throw new TermduetError(
      "bad-input",
      `${path} is empty: it begins with a header of ${Object.keys(columns).join(", ")}`,
    );
  return rows;
}

/** The number of a cell, with a decimal comma or point. Errors: `bad-input` with the line. */
export function numberOf(text: string, what: string, path: string, line: number): number {
  const value = Number(text.replace(",", "."));
  if (text !== "" && Number.isFinite(value)) return value;
  throw new TermduetError("bad-input", `${path}, line ${line}: ${what} "${text.slice(0, 40)}" is no number`);
}
