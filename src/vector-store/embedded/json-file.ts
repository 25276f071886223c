import { existsSync, readFileSync } from "node:fs";
import { TermduetError } from "../../terminology/termduet-error.ts";

/** Reads a JSON object; an absent file is an empty one. */
export function readJsonFile(path: string): Record<string, unknown> {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not JSON; restore it from a backup`, { cause });
  }
}
