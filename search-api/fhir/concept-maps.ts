import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parse } from "csv-parse/sync";
import { TermduetError } from "../../src/terminology/termduet-error.ts";

/** One entry of a lexicon with the concept that it was aligned with. */
interface MapEntry {
  id: string;
  term: string;
  cui: string;
  name: string;
  /** 1 to 5. */
  rating: number;
}

/** An alignment as FHIR sees it: from a lexicon's entries to concepts. */
export interface AlignmentMap {
  /** Id of the ConceptMap: the folder's name. */
  id: string;
  url: string;
  /** The system of the lexicon's entries. */
  source: string;
  entries: readonly MapEntry[];
}

const FILE = "alignments.csv";
const COLUMNS = ["id", "term", "cui", "name", "rating"] as const;

/** Reads an alignment's folder, as `termduet align --out` leaves it. Errors: `not-found`, `bad-input` naming the file. */
export function readAlignmentMap(folder: string): AlignmentMap {
  const path = join(folder, FILE);
  if (!existsSync(path))
    throw new TermduetError(
      "not-found",
      `--alignments ${folder} holds no ${FILE}; give a folder of termduet align`,
    );
  const rows = rowsOf(path);
  const missing = COLUMNS.find((column) => rows.length > 0 && !(column in rows[0]!));
  if (missing) throw new TermduetError("bad-input", `${path} has no column ${missing}`);
  const id = basename(resolve(folder))
    .replaceAll(/[^A-Za-z0-9.-]/g, "-")
    .slice(0, 64);
  const entries = rows.flatMap((row) => {
    const { id: code, term, cui, name, rating } = row as Record<(typeof COLUMNS)[number], string>;
    return cui === "" || !(Number(rating) > 0) ? [] : [{ id: code, term, cui, name, rating: Number(rating) }];
  });
  return { id, url: `urn:termduet:alignment:${id}`, source: `urn:termduet:lexicon:${id}`, entries };
}

function rowsOf(path: string): Record<string, string>[] {
  try {
    return parse(readFileSync(path), { columns: true, bom: true, relax_column_count: false });
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is no CSV file of an alignment`, { cause });
  }
}
