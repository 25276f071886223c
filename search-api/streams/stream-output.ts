import { safeText, tableRow } from "../../src/alignment/table-file.ts";
import type { SearchResponse } from "../../src/retrieval/request/search-types.ts";
import { CSV, type StreamFormat, type StreamLine } from "./stream-input.ts";

/** What one line of a batch is answered with: a response, or why there is none. */
export type LineAnswer = { response: SearchResponse } | { fault: string };

const COLUMNS = [
  "id",
  "query",
  "rank",
  "cui",
  "name",
  "string",
  "sab",
  "lat",
  "matchType",
  "rating",
  "error",
];

/** What stands before the first answer. */
export function headOf(format: StreamFormat): string {
  return format === CSV ? tableRow(COLUMNS, ",") : "";
}

/** One line's answer as text: a line of JSON, or a row per result. */
export function answerText(format: StreamFormat, { id, query }: StreamLine, answer: LineAnswer): string {
  const known = id === undefined ? {} : { id };
  if (format !== CSV)
    return `${JSON.stringify({ ...known, ...("fault" in answer ? { error: answer.fault } : answer.response) })}\n`;
  const base = [safeText(String(id ?? "")), safeText(query ?? "")];
  if ("fault" in answer) return tableRow([...base, ...Array(8).fill(""), answer.fault], ",");
  const { results } = answer.response;
  if (results.length === 0) return tableRow([...base, ...Array(9).fill("")], ",");
  return results
    .map(({ rank, cui, name, string, sab, lat, matchType, rating }) =>
      tableRow([...base, rank, cui, safeText(name), safeText(string), sab, lat, matchType, rating, ""], ","),
    )
    .join("");
}
