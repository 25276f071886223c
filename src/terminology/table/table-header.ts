import { TermduetError } from "../termduet-error.ts";

/** Where the known columns of a table are. */
export interface TableHeader<Column extends string> {
  /** Columns of the header, known or not. */
  width: number;
  /** Index of a column, undefined when the table has none. */
  index: Readonly<Record<Column, number | undefined>>;
  /** Names and indexes of the columns that are not known, in order. */
  others: readonly (readonly [name: string, index: number])[];
}

/** The names under which columns are known, in lower case. */
export type ColumnNames<Column extends string> = Readonly<Record<Column, readonly string[]>>;

/** How many of the known columns these header cells name. */
export function countKnownColumns<Column extends string>(
  cells: readonly string[],
  names: ColumnNames<Column>,
): number {
  const found = new Set(cells.map(folded));
  return Object.values<readonly string[]>(names).filter((known) => known.some((name) => found.has(name)))
    .length;
}

/**
 * Reads a header, whatever its case, spaces and underscores.
 * @throws TermduetError `bad-input` when a required column is missing or a known one comes twice under the same name.
 */
export function readHeader<Column extends string>(
  cells: readonly string[],
  names: ColumnNames<Column>,
  required: readonly NoInfer<Column>[],
  file: string,
): TableHeader<Column> {
  const keys = Object.keys(names) as Column[];
  const index = Object.fromEntries(keys.map((key) => [key, undefined])) as Record<Column, number | undefined>;
  const others: [string, number][] = [];
  for (const [at, cell] of cells.entries()) {
    const key = keys.find((key) => names[key].includes(folded(cell)));
    const taken = key === undefined ? undefined : index[key];
    const rank = (cell: string) => (key ? names[key].indexOf(folded(cell)) : -1);
    if (!key) {
      if (cell.trim() !== "") others.push([cell.trim(), at]);
    } else if (taken === undefined) {
      index[key] = at;
    } else if (rank(cell) !== rank(cells[taken]!)) {
      // Another name for it gives way to the one that comes first among its names: a table may have both.
      const isBetter = rank(cell) < rank(cells[taken]!);
      if (isBetter) index[key] = at;
      const other = isBetter ? taken : at;
      others.push([cells[other]!.trim(), other]);
    } else {
      throw new TermduetError(
        "bad-input",
        `${file} has two columns for "${key}": "${cells[index[key]!]}" and "${cell}"`,
      );
    }
  }
  const missing = required.filter((key) => index[key] === undefined);
  if (missing.length > 0) {
    const has = cells
      .map((cell) => cell.trim().slice(0, 40))
      .slice(0, 10)
      .join(", ");
    throw new TermduetError(
      "bad-input",
      `${file} has no column ${missing.map((key) => `"${key}"`).join(" and ")} (its first line is: ${has}): begin it with a header of ${keys.join(", ")}; ${required.join(" and ")} must be there`,
    );
  }
  return { width: cells.length, index, others };
}

/** Why a record does not fit the header; undefined when it does. Empty cells beyond the header do no harm. */
export function misfit(fields: readonly string[], header: TableHeader<string>): string | undefined {
  const filled = fields.slice(header.width).every((cell) => cell.trim() === "");
  if (fields.length >= header.width && filled) return undefined;
  return `${fields.length} columns, the header has ${header.width}`;
}

function folded(cell: string): string {
  return cell
    .normalize("NFC")
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, " ");
}
