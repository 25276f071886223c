import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolder } from "../../machine/sync-folder.ts";
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

/** Replaces a JSON file in one step: a reader, or a crash, sees the old content or the new one. */
export function writeJsonFile(path: string, value: unknown): void {
  const temporary = `${path}.${process.pid}.new`;
  const fd = openSync(temporary, "w");
  try {
    writeSync(fd, `${JSON.stringify(value, null, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}
