import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { z } from "zod";
import { statOf } from "../../terminology/files/file-access.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { labelledTable } from "./labelled-table.ts";

/** A query and the concepts that answer it. */
export interface LabelledQuery {
  query: string;
  cuis: ReadonlySet<string>;
  /** The text in which the query stands. */
  context?: string;
}

const COLUMNS = { query: ["query", "text", "term"], cuis: ["cuis", "cui"] } as const;

const lineSchema = z.object({
  query: z.string().min(1),
  context: z.string().optional(),
  cuis: z.array(z.string().min(1)).min(1),
});

/**
 * Reads a table with the columns `query` and `cuis` (`|` between alternatives), or a `.jsonl` with lines `{"query":…,"context":…,"cuis":[…]}`.
 * Errors: `bad-input`, with the line.
 */
export async function readLabelledQueries(path: string): Promise<LabelledQuery[]> {
  if (extname(path).toLowerCase() === ".jsonl") return queriesInContext(path);
  const rows = await labelledTable(path, COLUMNS, ["query", "cuis"]);
  return rows.map(({ line, cells }) => {
    const cuis = new Set(
      cells.cuis
        .split("|")
        .map((cui) => cui.trim())
        .filter(Boolean),
    );
    if (cells.query === "" || cuis.size === 0)
      throw new TermduetError("bad-input", `${path}, line ${line}: a query and its concepts are needed`);
    return { query: cells.query, cuis };
  });
}

async function queriesInContext(path: string): Promise<LabelledQuery[]> {
  await statOf(path);
  const lines = (await readFile(path, "utf8")).split("\n");
  const queries = lines.flatMap((line, i): LabelledQuery[] => {
    if (line.trim() === "") return [];
    const parsed = lineSchema.safeParse(jsonOf(line));
    if (!parsed.success) {
      const message = `${path}, line ${i + 1}: give {"query":"…","context":"…","cuis":["…"]}, context if there is one`;
      throw new TermduetError("bad-input", message);
    }
    const { query, context, cuis } = parsed.data;
    return [{ query, cuis: new Set(cuis), ...(context ? { context } : {}) }];
  });
  if (queries.length === 0) throw new TermduetError("bad-input", `${path} is empty`);
  return queries;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
