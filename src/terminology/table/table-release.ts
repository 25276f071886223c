import type { Atom } from "../atom.ts";
import { atomId } from "../atom-id.ts";
import { cleanText } from "../clean-text.ts";
import { type TextEncoding, utf8Content } from "../files/text-encoding.ts";
import { latOf } from "../languages.ts";
import { rejectOf } from "../rejects-file.ts";
import type { ReadOptions, ReleaseRow } from "../release-source.ts";
import { type SingleFile, SingleFileRelease } from "../single-file-release.ts";
import { TermduetError } from "../termduet-error.ts";
import { type DelimitedRow, delimitedRows, textOfRow } from "./delimited.ts";
import { sheetRows } from "./sheet-rows.ts";
import { countKnownColumns, misfit, readHeader, type TableHeader } from "./table-header.ts";
import { TERM_COLUMNS, type TermColumn } from "./term-columns.ts";

/** SAB of a table that names none: the same for every version of the file, whatever it is called. */
const DEFAULT_SAB = "LOCAL";

/**
 * A table of terms: columns `id`, `term`, optional `lang` (any usual code; English where it is empty), `sab` (`LOCAL`),
 * `tty` (`PT` for the preferred name, `SY` for the others), `code` (the id), `synonyms` (`|` or `;` between them),
 * `definition`, `parents` and `semanticType` (the same), `status` (obsolete or not), under the headers of `TERM_COLUMNS`; other
 * columns are named once and not used. Rows that follow each other with one id are
 * the names of one concept, and the first in each language is the preferred one (TS P); rows of that id elsewhere in
 * the file belong to it as well, but their first is preferred again, since the file is not held in memory.
 */
export class TableRelease extends SingleFileRelease {
  readonly format = "table";
  readonly #format: "csv" | "tsv" | "xlsx";
  readonly #encoding: TextEncoding | undefined;

  constructor(file: SingleFile, format: "csv" | "tsv" | "xlsx", encoding?: TextEncoding) {
    super(file);
    this.#format = format;
    this.#encoding = encoding;
  }

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { name } = this;
    // A table of mere names is read once; definitions and parents, which come behind all atoms, in a second pass.
    let header: TableHeader<TermColumn> | undefined;
    let hasAtoms = false;
    const run = new NamesOfOneId();
    for await (const records of this.#records(options, options.onNotice)) {
      options.signal?.throwIfAborted();
      const rows: ReleaseRow[] = [];
      for (const record of records) {
        if (!header) {
          header = readHeader(record.fields, TERM_COLUMNS, ["id", "term"], name);
          const unused = header.others.map(([column]) => `"${column}"`);
          if (unused.length > 0) options.onNotice?.(`${name}: columns not used: ${unused.join(", ")}`);
          continue;
        }
        const atoms = atomsOf(record, header, run);
        if (typeof atoms === "object") for (const atom of atoms) rows.push({ kind: "atom", atom });
        else options.onReject(rejectOf(name, record.line, atoms, textOfRow(record)));
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
    if (JOINED.some((column) => header?.index[column] !== undefined)) yield* this.#joined(header!, options);
  }

  async *#joined(header: TableHeader<TermColumn>, { signal }: ReadOptions): AsyncGenerator<ReleaseRow[]> {
    let isHeader = true;
    let before = "";
    for await (const records of this.#records({ signal })) {
      const rows: ReleaseRow[] = [];
      for (const record of records) {
        if (!isHeader && record.isUtf8 && !misfit(record.fields, header)) {
          const said = joinedRows(record, header);
          // The rows of one id often repeat what is said of it.
          const key = JSON.stringify(said);
          if (key !== before) rows.push(...said);
          before = key;
        }
        isHeader = false;
      }
      if (rows.length > 0) yield rows;
    }
  }

  async *#records(
    options: Pick<ReadOptions, "onBytes" | "signal">,
    onNotice?: (message: string) => void,
  ): AsyncGenerator<DelimitedRow[]> {
    const { name } = this;
    if (this.#format === "xlsx") {
      const pieces: Buffer[] = [];
      for await (const piece of this.content(options)) pieces.push(piece);
      yield await sheetRows(Buffer.concat(pieces), name);
      return;
    }
    const countKnown = (cells: readonly string[]) => countKnownColumns(cells, TERM_COLUMNS);
    const again = () => this.content({});
    const text = utf8Content(this.content(options), { name, encoding: this.#encoding, again, onNotice });
    yield* delimitedRows(text, { name, format: this.#format, countKnown });
  }
}

/** Columns whose content is joined to the atoms. */
const JOINED: readonly TermColumn[] = ["definition", "parents", "semanticType"];

/** The atoms of a record, its term's first; or the reason why there is none. */
function atomsOf(record: DelimitedRow, header: TableHeader<TermColumn>, run: NamesOfOneId): Atom[] | string {
  const { fields } = record;
  if (!record.isUtf8) return "not UTF-8";
  const reason = misfit(fields, header);
  if (reason) return reason;
  const cell = (column: TermColumn) => fields[header.index[column] ?? -1]?.trim() ?? "";
  const id = cell("id");
  const str = cleanText(cell("term"));
  if (id === "") return "empty id";
  if (str === "") return "empty term";
  const lat = latOf(cell("lang") || "en");
  if (!lat) return `unknown language "${cell("lang")}"`;
  const suppress = isObsolete(cell("status")) ? "O" : "N";
  const atomOf = (str: string, writtenTty: string): Atom => {
    const { ts, isPref } = run.place(id, lat, str);
    const content = {
      cui: id,
      lat,
      sab: cell("sab") || DEFAULT_SAB,
      tty: writtenTty || (ts === "P" ? "PT" : "SY"),
      code: cell("code") || id,
      str,
    };
    return { ...content, aui: atomId(content), ts, stt: "PF", isPref, srl: 0, suppress };
  };
  const synonyms = listed(cell("synonyms")).map(cleanText);
  const others = new Set(synonyms.filter((synonym) => synonym !== "" && synonym !== str));
  return [atomOf(str, cell("tty")), ...Array.from(others, (synonym) => atomOf(synonym, "SY"))];
}

/** What a record says of its concept besides names. */
function joinedRows({ fields }: DelimitedRow, header: TableHeader<TermColumn>): ReleaseRow[] {
  const cell = (column: TermColumn) => fields[header.index[column] ?? -1]?.trim() ?? "";
  const cui = cell("id");
  if (cui === "" || cleanText(cell("term")) === "") return [];
  const sab = cell("sab") || DEFAULT_SAB;
  const rows: ReleaseRow[] = listed(cell("semanticType")).map((type) => ({
    kind: "semantic-type",
    cui,
    tui: type,
    name: type,
  }));
  const text = cleanText(cell("definition"));
  if (text !== "") rows.push({ kind: "definition", cui, sab, text });
  for (const parent of listed(cell("parents")))
    rows.push({ kind: "relation", cui, rel: "PAR", rela: "inverse_isa", cui2: parent, sab });
  return rows;
}

/** Values in one cell: `|` between them, or `;` where there is none. */
function listed(cell: string): string[] {
  return cell
    .split(cell.includes("|") ? "|" : ";")
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

function isObsolete(status: string): boolean {
  return /^(?:true|vrai|1|yes|oui|x|obsol[eè]te|deprecated|retired|inactive|inacti[fv]e?|supprimée?)$/i.test(
    status,
  );
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
