import { createReadStream } from "node:fs";
import { extname } from "node:path";
import { createGunzip } from "node:zlib";
import { cleanText } from "../clean-text.ts";
import { statOf, unreadable } from "../files/file-access.ts";
import { textLines } from "../files/text-lines.ts";
import { knownRows } from "../table/known-rows.ts";
import type { ColumnNames } from "../table/table-header.ts";
import { TermduetError } from "../termduet-error.ts";

/**
 * Rows of a `.tsv`, `.csv` or `.jsonl` (each also `.gz`), by the known columns, cleaned; `""` where a column is not there. A list in a
 * `.jsonl` is joined by `|`.
 * @throws TermduetError `not-found`; `bad-input` with the line.
 */
export async function* rowsOf<Column extends string>(
  path: string,
  columns: ColumnNames<Column>,
  required: readonly NoInfer<Column>[],
): AsyncGenerator<Record<Column, string>> {
  await statOf(path);
  const plain = path.replace(/\.gz$/i, "");
  const file = createReadStream(path);
  const chunks = (plain === path ? file : file.pipe(createGunzip())) as AsyncIterable<Buffer>;
  const keys = Object.keys(columns) as Column[];
  const extension = extname(plain).toLowerCase();
  try {
    if (extension === ".jsonl") yield* jsonRows(chunks, path, columns, keys, required);
    else {
      const format = extension === ".csv" ? "csv" : "tsv";
      for await (const { cells } of knownRows(chunks, columns, required, { path, format })) yield cells;
    }
  } catch (error) {
    throw error instanceof TermduetError ? error : unreadable(path, error);
  }
}

async function* jsonRows<Column extends string>(
  chunks: AsyncIterable<Buffer>,
  path: string,
  columns: ColumnNames<Column>,
  keys: readonly Column[],
  required: readonly NoInfer<Column>[],
): AsyncGenerator<Record<Column, string>> {
  for await (const lines of textLines(chunks, path)) {
    for (const { number, text } of lines) {
      if (text.trim() === "") continue;
      const row = objectOf(text);
      const value = (key: Column): unknown =>
        columns[key].map((name) => row?.[name]).find((v) => v !== undefined);
      if (!row || required.some((key) => value(key) === undefined))
        throw new TermduetError(
          "bad-input",
          `${path}, line ${number}: give an object with ${required.join(" and ")}`,
        );
      const cell = (key: Column): string => {
        const found = value(key) ?? "";
        return cleanText(Array.isArray(found) ? found.join("|") : String(found));
      };
      yield Object.fromEntries(keys.map((key) => [key, cell(key)])) as Record<Column, string>;
    }
  }
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
