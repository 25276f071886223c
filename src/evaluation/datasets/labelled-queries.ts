import { TermduetError } from "../../terminology/termduet-error.ts";
import { labelledTable } from "./labelled-table.ts";

/** A query and the concepts that answer it. */
export interface LabelledQuery {
  query: string;
  cuis: ReadonlySet<string>;
}

const COLUMNS = { query: ["query", "text", "term"], cuis: ["cuis", "cui"] } as const;

/** Reads a table with the columns `query` and `cuis` (`|` between alternatives). Errors: `bad-input`, with the line. */
export async function readLabelledQueries(path: string): Promise<LabelledQuery[]> {
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
