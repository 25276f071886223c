import { contentOf } from "../files/decompress.ts";
import { textLines } from "../files/text-lines.ts";
import { TermduetError } from "../termduet-error.ts";
import type { TableFiles } from "./rrf-layout.ts";

/** What MRFILES says of one file: FIL|DES|FMT|CLS|RWS|BTS|. */
interface ManifestEntry {
  /** Columns in the file's order. */
  columns: readonly string[];
  rows: number;
  bytes: number;
}

/** What a release says of its own files (MRFILES.RRF and MRCOLS.RRF); empty where it brings neither. */
export class ReleaseManifest {
  readonly #entries: ReadonlyMap<string, ManifestEntry>;
  readonly #name: string;

  private constructor(name: string, entries: ReadonlyMap<string, ManifestEntry>) {
    this.#name = name;
    this.#entries = entries;
  }

  /** @throws TermduetError `bad-input` for a row of MRFILES that is none, or columns that MRCOLS does not know. */
  static async read(tables: readonly TableFiles[]): Promise<ReleaseManifest> {
    const files = tables.find(({ table }) => table === "MRFILES");
    if (!files) return new ReleaseManifest("MRFILES.RRF", new Map());
    const entries = new Map<string, ManifestEntry>();
    for await (const [cells, line] of rowsOf(files)) {
      const [file = "", , format = "", , rows = "", bytes = ""] = cells;
      if (file === "" || !/^\d+$/.test(rows) || !/^\d+$/.test(bytes))
        throw new TermduetError(
          "bad-input",
          `${files.name}, line ${line}: this is no row of MRFILES (FIL|DES|FMT|CLS|RWS|BTS|): copy or download the release again`,
        );
      const columns = format.split(",").map((column) => column.trim());
      entries.set(file.replace(/^.*[\\/]/, "").toUpperCase(), {
        columns,
        rows: Number(rows),
        bytes: Number(bytes),
      });
    }
    const columns = tables.find(({ table }) => table === "MRCOLS");
    if (columns) await checkColumns(columns, entries);
    return new ReleaseManifest(files.name, entries);
  }

  /** Names of files that are said to be there. */
  has(file: string): boolean {
    return this.#entries.has(file);
  }

  /**
   * How a table is laid out: how many columns a line has, and where each column of the manual stands; in the manual's order
   * where the release does not say.
   * @throws TermduetError `bad-input` where the release says that a column is missing.
   */
  layoutOf({ table, name }: TableFiles, manual: string): { width: number; order: number[] | undefined } {
    const names = manual.split("|");
    const entry = this.#entries.get(`${table}.RRF`);
    if (!entry) return { width: names.length, order: undefined };
    const order = names.map((column) => entry.columns.indexOf(column));
    const missing = names.filter((_, at) => order[at] === -1);
    if (missing.length > 0)
      throw new TermduetError(
        "bad-input",
        `${name} has no column ${missing.join(", ")} as ${this.#name} describes it (${entry.columns.join(",")}): make the subset with all columns`,
      );
    return { width: entry.columns.length, order: order.every((at, n) => at === n) ? undefined : order };
  }

  /**
   * Compares what was read of a table with what the release says of it. Line ends of Windows and a byte order mark do no harm.
   * @throws TermduetError `bad-input` where rows or bytes are missing or too many.
   */
  check({ table, name }: TableFiles, read: { rows: number; bytes: number }): void {
    const entry = this.#entries.get(`${table}.RRF`);
    if (!entry) return;
    const { rows, bytes } = entry;
    const isSameSize = [0, 3].some((mark) =>
      [0, rows, -rows].some((ends) => read.bytes - mark === bytes + ends),
    );
    if (read.rows === rows && isSameSize) return;
    const what =
      read.rows === rows
        ? `${read.bytes} bytes where ${this.#name} says ${bytes}`
        : `${read.rows} rows where ${this.#name} says ${rows}`;
    const cut = read.bytes < bytes ? "it is cut short or a part of it is missing" : "it is another release's";
    throw new TermduetError(
      "bad-input",
      `${name} has ${what}: ${cut}; copy or download it again, or take ${this.#name} away if you have changed the table yourself`,
    );
  }
}

/** MRCOLS: COL|DES|REF|MIN|AV|MAX|FIL|DTY|. Each column that MRFILES lists must be described for its file. */
async function checkColumns(table: TableFiles, entries: ReadonlyMap<string, ManifestEntry>): Promise<void> {
  const known = new Map<string, Set<string>>();
  for await (const [cells] of rowsOf(table)) {
    const file = (cells[6] ?? "").replace(/^.*[\\/]/, "").toUpperCase();
    const columns = known.get(file) ?? new Set();
    known.set(file, columns.add(cells[0] ?? ""));
  }
  for (const [file, { columns }] of entries) {
    const described = known.get(file);
    const unknown = described ? columns.filter((column) => !described.has(column)) : [];
    if (unknown.length > 0)
      throw new TermduetError(
        "bad-input",
        `${table.name} does not know the columns ${unknown.join(", ")} that MRFILES.RRF lists for ${file}: they are of different releases`,
      );
  }
}

async function* rowsOf(table: TableFiles): AsyncGenerator<[cells: string[], line: number]> {
  for await (const lines of textLines(contentOf(table, {}), table.name))
    for (const { number, text } of lines) if (text !== "") yield [text.split("|"), number];
}
