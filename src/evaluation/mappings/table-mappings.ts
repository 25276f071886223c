import { parse } from "csv-parse/sync";
import { parseIdentifier } from "../../terminology/identifiers/identifier.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { numberOf } from "../datasets/labelled-table.ts";
import { conceptKey } from "./concept-key.ts";
import type { Mapping, MappingFile } from "./mapping.ts";

/**
 * Columns by the names that files give them, the contract's first: one of those is meant wherever it stands. Then Usagi's,
 * OMOP's map, Bio-ML's (`SrcEntity`), and those of tables that people make.
 */
const COLUMNS = {
  id: [
    "id",
    "subject_id",
    "subject id",
    "sourcecode",
    "source_code",
    "srcentity",
    "source",
    "subject",
    "src",
    "entity1",
  ],
  cui: [
    "cui",
    "cuis",
    "add_info:cui",
    "object_id",
    "object id",
    "conceptid",
    "target_concept_id",
    "tgtentity",
    "target",
    "object",
    "tgt",
    "entity2",
  ],
  score: ["probability", "confidence", "score", "matchscore", "similarity", "measure"],
  rating: ["rating"],
  accepted: ["accepted", "add_info:accepted"],
  status: ["mappingstatus"],
} as const;
type Column = keyof typeof COLUMNS;

interface Row {
  line: number;
  cells: readonly string[];
}

/** LogMap's text: `IRI|IRI|=|0.98|CLS`, a line a mapping. */
const LOGMAP = /^(https?:\/\/[^|\s]+)\|(https?:\/\/[^|\s]+)\|(=|<|>|\?)(?:\|([^|]*))?(?:\||$)/;

export function isLogMap(text: string): boolean {
  return LOGMAP.test(text.slice(0, 4000).split(/\r?\n/)[0] ?? "");
}

/** Mappings as LogMap writes them. @throws TermduetError `bad-input` with the line. */
export function logMapMappings(path: string, text: string): MappingFile {
  const subjects = new Set<string>();
  const mappings = text.split(/\r?\n/).flatMap((line, i): Mapping[] => {
    if (line.trim() === "") return [];
    const [, source, target, relation, score = ""] = LOGMAP.exec(line) ?? [];
    if (source === undefined || target === undefined)
      throw new TermduetError(
        "bad-input",
        `${path}, line ${i + 1} is not a mapping of LogMap: IRI|IRI|=|score`,
      );
    const subject = conceptKey(source);
    subjects.add(subject);
    return [
      {
        subject,
        object: conceptKey(target),
        relation: relation === "=" ? "same" : "unsure",
        score: score === "" ? 1 : numberOf(score, "the score", path, i + 1),
      },
    ];
  });
  return { mappings, subjects, alternatives: false };
}

/**
 * Mappings of a table: `alignments.csv`, Usagi's export, Bio-ML's TSV, any with `id` and `cui` (several between `|` are
 * alternatives), or two columns of identifiers without a header. Pairs that were not taken are none.
 * @throws TermduetError `bad-input` with the line.
 */
export function tableMappings(path: string, text: string): MappingFile {
  const rows = rowsOf(path, text);
  const columns = columnsOf(rows[0]?.cells ?? []) ?? withoutHeader(rows[0]?.cells ?? []);
  if (!columns) {
    throw new TermduetError(
      "bad-input",
      `${path} has no column id and cui (first line: ${(rows[0]?.cells ?? []).join(", ").slice(0, 100)})`,
    );
  }
  const subjects = new Set<string>();
  let alternatives = false;
  const mappings = rows.slice(columns.firstRow).flatMap(({ line, cells }): Mapping[] => {
    const cell = (column: Column): string => (cells[columns.index[column] ?? -1] ?? "").trim();
    if (cell("id") === "") throw new TermduetError("bad-input", `${path}, line ${line}: empty id`);
    const subject = conceptKey(cell("id"));
    subjects.add(subject);
    // The best that `align` found for an entry and did not take; of Usagi, what nobody has approved.
    if (/^(?:false|faux)$/i.test(cell("accepted")) || (cell("accepted") === "" && !isTaken(cell("status"))))
      return [];
    const objects = cell("cui")
      .split("|")
      .map((object) => object.trim())
      .filter((object) => object !== "" && object !== "0");
    if (objects.length > 1) alternatives = true;
    const given = cell("score") || cell("rating");
    const score = given === "" ? 1 : numberOf(given, "the score", path, line);
    return objects.map((object) => ({ subject, object: conceptKey(object), relation: "same", score }));
  });
  return { mappings, subjects, alternatives };
}

function isTaken(status: string): boolean {
  return !/^(?:unchecked|invalid|ignored|flagged)/i.test(status);
}

function rowsOf(path: string, text: string): Row[] {
  const [header = ""] = text.split(/\r?\n/, 1);
  const delimiters = ["\t", ";", ","] as const;
  const delimiter = delimiters.find((d) => header.includes(d)) ?? ",";
  try {
    const records = parse(text, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      info: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not readable as a table (${(cause as Error).message})`, {
      cause,
    });
  }
}

interface Columns {
  index: Partial<Record<Column, number>>;
  firstRow: 0 | 1;
}

function columnsOf(header: readonly string[]): Columns | undefined {
  const names = header.map((name) => name.trim().toLowerCase());
  const index: Partial<Record<Column, number>> = {};
  for (const [column, aliases] of Object.entries(COLUMNS) as [Column, readonly string[]][]) {
    const found = aliases.map((alias) => names.indexOf(alias)).find((at) => at >= 0);
    if (found !== undefined) index[column] = found;
  }
  return index.id === undefined || index.cui === undefined ? undefined : { index, firstRow: 1 };
}

/** Two columns of identifiers with prefixes, as Biomappings and others give them. */
function withoutHeader([id = "", cui = "", score = ""]: readonly string[]): Columns | undefined {
  const isNamed = (text: string): boolean => {
    const form = parseIdentifier(text)?.form;
    return form === "iri" || form === "curie";
  };
  if (!isNamed(id) || !isNamed(cui)) return undefined;
  return { index: { id: 0, cui: 1, ...(/^[\d.,]+$/.test(score) ? { score: 2 } : {}) }, firstRow: 0 };
}
