import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse";
import { textOfCell } from "../alignment/table-file.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { type CandidatesLine, readCandidates } from "./candidates-file.ts";
import type { ReviewCandidate, ReviewEntry, ReviewPair } from "./review-entry.ts";

/** An alignment as it is opened for review. */
export interface ReviewSheet {
  folder: string;
  /** Of `summary.json`: what was aligned to. Absent where there is no such file. */
  dataset?: string;
  release?: string;
  /** `summary.json` as it is, for those who write the alignment anew. */
  summary: Readonly<Record<string, unknown>>;
  encoders: string[];
  /** In the lexicon's order. */
  entries: ReviewEntry[];
}

type Row = Readonly<Record<string, string>>;

/**
 * Opens what `termduet align` left in a folder: `alignments.csv`, and `candidates.jsonl` where it is there; without it
 * the candidates are those that the table names.
 * Errors: `not-found` for a folder without an alignment, `bad-input` with the line for a table that is none.
 */
export async function openReviewSheet(folder: string): Promise<ReviewSheet> {
  const table = join(folder, "alignments.csv");
  if (!existsSync(table)) {
    throw new TermduetError(
      "not-found",
      `${folder} holds no alignments.csv; give the folder that \`termduet align LEXICON --out DIR\` made`,
    );
  }
  const summary = summaryOf(join(folder, "summary.json"));
  const { columns, rows } = await tableOf(table);
  const encoders = encodersOf(columns);
  const candidates = await readCandidates(join(folder, "candidates.jsonl"));
  const others = carriedColumns(columns, encoders);
  const entries = rows.map(({ line, row }) =>
    entryOf(row, line, { encoders, others, known: candidates?.get(textOfCell(row["id"]!)), table }),
  );
  checkIds(entries, table, candidates);
  return {
    folder,
    ...(typeof summary["dataset"] === "string" ? { dataset: summary["dataset"] } : {}),
    ...(typeof summary["release"] === "string" ? { release: summary["release"] } : {}),
    summary,
    encoders,
    entries,
  };
}

function summaryOf(path: string): Record<string, unknown> {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not JSON; run \`termduet align\` again`, { cause });
  }
}

async function tableOf(path: string): Promise<{ columns: string[]; rows: { line: number; row: Row }[] }> {
  let columns: string[] = [];
  const header = (cells: string[]): string[] => {
    columns = cells;
    return cells;
  };
  const parser = createReadStream(path).pipe(parse({ bom: true, columns: header, info: true }));
  const rows: { line: number; row: Row }[] = [];
  try {
    for await (const { record, info } of parser)
      rows.push({ row: record, line: (info as { lines: number }).lines });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0]! : "unreadable";
    throw new TermduetError("bad-input", `${path} is no table: ${reason}`, { cause });
  }
  const missing = [...FIXED].filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw new TermduetError(
      "bad-input",
      `${path} has no column ${missing.join(", ")}; it must be an alignments.csv of \`termduet align\``,
    );
  }
  if (rows.length === 0) throw new TermduetError("bad-input", `${path} holds no entry`);
  return { columns, rows };
}

const FIXED = ["id", "term", "cui", "name", "string", "rating", "source"];
const OF_ENCODER = ["_cosine", "_rank", "_rating", "_best_cui", "_best_name", "_best_cosine", "_best_rating"];

/** An encoder has a column for its cosine, one for its rank and one for its rating. */
function encodersOf(columns: readonly string[]): string[] {
  return columns
    .filter((name) => name.endsWith("_cosine") && !name.endsWith("_best_cosine"))
    .map((name) => name.slice(0, -"_cosine".length))
    .filter((id) => columns.includes(`${id}_rank`) && columns.includes(`${id}_rating`));
}

function carriedColumns(columns: readonly string[], encoders: readonly string[]): string[] {
  const own = new Set([
    ...FIXED,
    "probability",
    "accepted",
    "match_type",
    "agreement",
    "explanation",
    "synonyms",
    "lang",
    ...encoders.flatMap((id) => OF_ENCODER.map((suffix) => `${id}${suffix}`)),
  ]);
  return columns.filter((name) => !own.has(name));
}

interface EntryContext {
  encoders: readonly string[];
  others: readonly string[];
  known: CandidatesLine | undefined;
  table: string;
}

function entryOf(row: Row, line: number, { encoders, others, known, table }: EntryContext): ReviewEntry {
  const text = (name: string): string => textOfCell(row[name] ?? "");
  const [explanation, lang] = [text("explanation"), text("lang")];
  const merged = pairOf(row, `${table}, line ${line}`, known);
  const candidates = Object.fromEntries(
    encoders.map((id) => [id, known?.candidates[id] ?? tableCandidates(row, id, merged)]),
  );
  return {
    id: text("id"),
    term: text("term"),
    ...(explanation ? { explanation } : {}),
    ...(lang ? { lang } : {}),
    synonyms: text("synonyms").split("|").filter(Boolean),
    extra: Object.fromEntries(others.map((name) => [name, text(name)])),
    line,
    candidates: Object.fromEntries(
      Object.entries(candidates).map(([id, list]) => [id, [...list].sort((a, b) => a.rank - b.rank)]),
    ),
    ...(merged ? { merged } : {}),
  };
}

function pairOf(row: Row, where: string, known: CandidatesLine | undefined): ReviewPair | undefined {
  const cui = textOfCell(row["cui"]!);
  if (cui === "") return undefined;
  const rating = Number(row["rating"]);
  if (!/^[0-5]$/.test(row["rating"]!))
    throw new TermduetError("bad-input", `${where}: the rating must be a whole number from 0 to 5`);
  return {
    cui,
    name: textOfCell(row["name"]!),
    string: textOfCell(row["string"]!),
    rating,
    source: row["source"]!,
    accepted: row["accepted"] !== "false",
    tier: row["match_type"] === "normalized" ? "normalized" : "exact",
    ...(known?.merged?.cui === cui ? { confidence: known.merged.confidence } : {}),
  };
}

/** What the table itself says of an encoder's candidates: the one it ranks first, and the pair's concept. */
function tableCandidates(row: Row, id: string, merged: ReviewPair | undefined): ReviewCandidate[] {
  const list: ReviewCandidate[] = [];
  const number = (name: string): number => Number(row[`${id}_${name}`]);
  if (merged && row[`${id}_rank`]) {
    const { cui, name, string } = merged;
    list.push({
      cui,
      name,
      string,
      cosine: number("cosine"),
      rating: number("rating"),
      rank: number("rank"),
    });
  }
  const best = textOfCell(row[`${id}_best_cui`] ?? "");
  if (best !== "" && !list.some(({ cui }) => cui === best)) {
    const name = textOfCell(row[`${id}_best_name`] ?? "");
    list.push({
      cui: best,
      name,
      string: name,
      cosine: number("best_cosine"),
      rating: number("best_rating"),
      rank: 1,
    });
  }
  return list;
}

function checkIds(
  entries: readonly ReviewEntry[],
  table: string,
  candidates: ReadonlyMap<string, CandidatesLine> | undefined,
): void {
  const lines = new Map<string, number>();
  for (const { id, line } of entries) {
    if (id === "" || lines.has(id))
      throw new TermduetError("bad-input", `${table}, line ${line}: an id that is empty or comes twice`);
    lines.set(id, line);
  }
  const foreign = [...(candidates?.keys() ?? [])].find((id) => !lines.has(id));
  if (foreign !== undefined)
    throw new TermduetError(
      "bad-input",
      `candidates.jsonl beside ${table} has entries that the table has not; both must come from one run of \`termduet align\``,
    );
}
