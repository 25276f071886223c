import type { Atom } from "../atom.ts";
import { atomId } from "../atom-id.ts";
import { cleanText } from "../clean-text.ts";
import { latOf } from "../languages.ts";
import { rejectOf } from "../rejects-file.ts";
import type { ReadOptions, ReleaseRow } from "../release-source.ts";
import { type SingleFile, SingleFileRelease } from "../single-file-release.ts";
import { TermduetError } from "../termduet-error.ts";
import { type DelimitedRow, delimitedRows, textOfRow } from "./delimited.ts";
import { type ColumnNames, countKnownColumns, misfit, readHeader, type TableHeader } from "./table-header.ts";

type Column = "id" | "term" | "lang" | "sab" | "tty" | "code";

const COLUMNS: ColumnNames<Column> = {
  id: ["id"],
  term: ["term"],
  lang: ["lang"],
  sab: ["sab"],
  tty: ["tty"],
  code: ["code"],
};

/** SAB of a table that names none: the same for every version of the file, whatever it is called. */
const DEFAULT_SAB = "LOCAL";

/**
 * A table of terms: columns `id`, `term`, optional `lang` (any usual code; English where it is empty), `sab` (`LOCAL`),
 * `tty` (`PT` for the preferred name, `SY` for the others), `code` (the id). Rows that follow each other with one id are
 * the names of one concept, and the first in each language is the preferred one (TS P); rows of that id elsewhere in
 * the file belong to it as well, but their first is preferred again, since the file is not held in memory.
 */
export class TableRelease extends SingleFileRelease {
  readonly format = "table";
  readonly #format: "csv" | "tsv";

  constructor(file: SingleFile, format: "csv" | "tsv") {
    super(file);
    this.#format = format;
  }

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { name } = this;
    const countKnown = (cells: readonly string[]) => countKnownColumns(cells, COLUMNS);
    let header: TableHeader<Column> | undefined;
    let hasAtoms = false;
    const run = new NamesOfOneId();
    for await (const records of delimitedRows(this.content(options), {
      name,
      format: this.#format,
      countKnown,
    })) {
      options.signal?.throwIfAborted();
      const rows: ReleaseRow[] = [];
      for (const record of records) {
        if (!header) {
          header = readHeader(record.fields, COLUMNS, ["id", "term"], name);
          continue;
        }
        const atom = atomOf(record, header, run);
        if (typeof atom === "object") rows.push({ kind: "atom", atom });
        else options.onReject(rejectOf(name, record.line, atom, textOfRow(record)));
      }
      hasAtoms ||= rows.length > 0;
      if (rows.length > 0) yield rows;
    }
    if (!hasAtoms) {
      throw new TermduetError(
        "bad-input",
        `${name} holds no term: below a header, each row gives an id and a term`,
      );
    }
  }
}

/** The atom of a record, or the reason why there is none. */
function atomOf(record: DelimitedRow, header: TableHeader<Column>, run: NamesOfOneId): Atom | string {
  const { fields } = record;
  if (!record.isUtf8) return "not UTF-8";
  const reason = misfit(fields, header);
  if (reason) return reason;
  const cell = (column: Column) => fields[header.index[column] ?? -1]?.trim() ?? "";
  const id = cell("id");
  const str = cleanText(cell("term"));
  if (id === "") return "empty id";
  if (str === "") return "empty term";
  const lat = latOf(cell("lang") || "en");
  if (!lat) return `unknown language "${cell("lang")}"`;
  const { ts, isPref } = run.place(id, lat, str);
  const content = {
    cui: id,
    lat,
    sab: cell("sab") || DEFAULT_SAB,
    tty: cell("tty") || (ts === "P" ? "PT" : "SY"),
    code: cell("code") || id,
    str,
  };
  return { ...content, aui: atomId(content), ts, stt: "PF", isPref, srl: 0, suppress: "N" };
}

/** What has been seen of the id whose rows are being read: no more of the table is remembered. */
class NamesOfOneId {
  #id = "";
  readonly #languages = new Set<string>();
  readonly #strings = new Set<string>();

  place(id: string, lat: string, str: string): { ts: "P" | "S"; isPref: boolean } {
    if (id !== this.#id) {
      this.#id = id;
      this.#languages.clear();
      this.#strings.clear();
    }
    const key = `${lat}|${str}`;
    const place = { ts: this.#languages.has(lat) ? "S" : "P", isPref: !this.#strings.has(key) } as const;
    this.#languages.add(lat);
    this.#strings.add(key);
    return place;
  }
}
