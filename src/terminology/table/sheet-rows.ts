import { readSheet } from "read-excel-file/node";
import { TermduetError } from "../termduet-error.ts";
import type { DelimitedRow } from "./delimited.ts";
import { checkWorkbook } from "./workbook-size.ts";

/** A sheet unpacks to many times its size. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The rows of the first sheet of an Excel workbook (.xlsx), numbers as they are written; rows of nothing but empty cells
 * are passed over.
 * @throws TermduetError `bad-input` for what is no workbook, or too large a one.
 */
export async function sheetRows(bytes: Buffer, name: string): Promise<DelimitedRow[]> {
  if (bytes.length > MAX_BYTES)
    throw new TermduetError(
      "bad-input",
      `${name} is larger than ${MAX_BYTES / 1024 / 1024} MB: save it as .csv, or cut it into pieces`,
    );
  await checkWorkbook(bytes, name);
  const sheet = await readSheet(bytes, { parseNumber: String, trim: false }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new TermduetError(
      "bad-input",
      `${name} is no Excel workbook that can be read (${why}): save it again as .xlsx, or as .csv`,
      {
        cause,
      },
    );
  });
  return sheet
    .map((cells, i) => ({ line: i + 1, fields: cells.map(cellText), isUtf8: true }))
    .filter(({ fields }) => fields.some((cell) => cell.trim() !== ""));
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell);
}
