import type { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { LIMITS } from "../limits.ts";
import { HttpProblem } from "../problems/http-problem.ts";

/** One line of a batch. `query` is undefined where the line holds none. */
export interface StreamLine {
  id?: string | number;
  query: string | undefined;
  /** The text in which the query stands. */
  context?: string;
}

export const NDJSON = "application/x-ndjson";
export const CSV = "text/csv";
export type StreamFormat = typeof NDJSON | typeof CSV;

/** Lines of NDJSON: a text, or an object with `query` and, if it likes, `id`. Errors: `too-large` for a line that never ends. */
export async function* ndjsonLines(body: Readable): AsyncGenerator<StreamLine, void, undefined> {
  for await (const text of boundedLines(body)) {
    if (text.trim() === "") continue;
    yield lineOf(text);
  }
}

function lineOf(text: string): StreamLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { query: undefined };
  }
  if (typeof value === "string") return { query: value };
  if (typeof value !== "object" || value === null) return { query: undefined };
  const { id, query, context } = value as Record<string, unknown>;
  const known = typeof id === "string" || typeof id === "number" ? { id } : {};
  const stands = typeof context === "string" ? { context } : {};
  return { ...known, ...stands, query: typeof query === "string" ? query : undefined };
}

/** `readline` keeps a line of any length; this one gives up. */
async function* boundedLines(body: Readable): AsyncGenerator<string, void, undefined> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop()!;
    yield* lines.map(boundedLine);
    boundedLine(rest);
  }
  if (rest !== "") yield boundedLine(rest);
}

function boundedLine(text: string): string {
  const line = text.replace(/\r$/, "");
  if (line.length > LIMITS.lineCharacters) throw tooLong();
  return line;
}

const QUERY_COLUMNS = ["query", "term"];

/** Rows of CSV with a header; the column `query` (or `term`), and `id` if there is one. Errors: `usage` for another header. */
export async function* csvLines(body: Readable): AsyncGenerator<StreamLine, void, undefined> {
  const parser = parse({
    columns: (header: string[]) => {
      if (header.some((name) => QUERY_COLUMNS.includes(name))) return header;
      throw new HttpProblem("usage", "the header needs a column query");
    },
    bom: true,
    // The parser looks before it adds the next byte.
    max_record_size: LIMITS.lineCharacters - 1,
    relax_column_count: true,
  });
  body.on("error", (error) => parser.destroy(error));
  body.pipe(parser);
  try {
    for await (const row of parser as AsyncIterable<Record<string, string>>) {
      const column = QUERY_COLUMNS.find((name) => name in row)!;
      const { id, context } = row;
      yield { ...(id === undefined ? {} : { id }), ...(context ? { context } : {}), query: row[column] };
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw error.code === "CSV_MAX_RECORD_SIZE"
        ? tooLong()
        : new HttpProblem("usage", "the body is not CSV");
    throw error;
  }
}

/** The same lines, given up where the next does not come for so long. Errors: `timeout`. */
export async function* withoutPauses(
  lines: AsyncGenerator<StreamLine, void, undefined>,
  idleMs: number,
): AsyncGenerator<StreamLine, void, undefined> {
  for (;;) {
    const next = await withinTime(lines.next(), idleMs);
    if (next.done) return;
    yield next.value;
  }
}

async function withinTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new HttpProblem("timeout", `no line has come for ${ms / 1000} s`)),
    ms,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLong(): HttpProblem {
  return new HttpProblem(
    "too-large",
    `a line is too long; at most ${LIMITS.lineCharacters} characters are read`,
  );
}
