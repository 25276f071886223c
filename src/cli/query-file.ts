import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { TermduetError } from "../terminology/termduet-error.ts";

// Not process.stdin.fd: to ask for it makes a pipe one that does not wait.
const STDIN = 0;

/** A query of a batch, with the text in which it stands. */
export interface BatchQuery {
  query: string;
  context?: string;
}

/**
 * Reads `--batch FILE`, or stdin for `-`: one query a line, or in a `.jsonl` one object a line, `{"query":…,"context":…}`.
 * Errors: `not-found`, and `bad-input` with the line; what the line says is in no message.
 */
export function readQueryFile(path: string): BatchQuery[] {
  if (path !== "-" && !existsSync(path))
    throw new TermduetError("not-found", `--batch ${path}: there is no such file`);
  const lines = readFileSync(path === "-" ? STDIN : path, "utf8")
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0)
    throw new TermduetError("bad-input", `--batch ${path} is empty; it holds one query a line`);
  const empty = lines.findIndex((line) => line.trim() === "");
  if (empty >= 0)
    throw new TermduetError(
      "bad-input",
      `--batch ${path}: line ${empty + 1} is empty; each line is one query`,
    );
  if (extname(path).toLowerCase() !== ".jsonl") return lines.map((query) => ({ query }));
  return lines.map((line, i) => {
    const value = jsonOf(line) as { query?: unknown; context?: unknown } | null;
    const { query, context } = typeof value === "object" && value !== null ? value : {};
    const isContext = context === undefined || context === null || typeof context === "string";
    if (typeof query !== "string" || !isContext) {
      throw new TermduetError(
        "bad-input",
        `--batch ${path}, line ${i + 1}: give {"query":"…","context":"…"}, context if you like`,
      );
    }
    return { query, ...(context ? { context } : {}) };
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
