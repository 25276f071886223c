import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { type ErrorCode, errnoOf, TermduetError } from "./termduet-error.ts";

// Result codes of SQLite, of which the lowest byte says what kind it is.
const SQLITE: Readonly<Record<number, string>> = {
  5: "EBUSY",
  6: "EBUSY",
  8: "EROFS",
  10: "EIO",
  11: "ECORRUPT",
  13: "ENOSPC",
  14: "ECANTOPEN",
  26: "ECORRUPT",
};

const SAID: Readonly<Record<string, readonly [ErrorCode, what: string, todo: string]>> = {
  ENOSPC: ["no-space", "the disk is full", "make room, then go on with --resume"],
  EDQUOT: ["no-space", "the disk quota is used up", "make room, then go on with --resume"],
  EFBIG: ["no-space", "the file system allows no larger file", "use another one"],
  EIO: [
    "unavailable",
    "the disk failed (input/output error)",
    "look at the system's log; then termduet doctor --deep",
  ],
  EROFS: ["unavailable", "the file system is read-only", "make it writable, or name another folder"],
  EACCES: ["unavailable", "permission denied", "give this user the right to it"],
  EPERM: ["unavailable", "permission denied", "give this user the right to it"],
  EMFILE: ["unavailable", "too many open files", "raise the limit with `ulimit -n 4096`"],
  ENFILE: ["unavailable", "the system has too many open files", "close some programs"],
  EBUSY: ["unavailable", "another process keeps it locked", "try again"],
  ENOENT: ["not-found", "there is no such file", "look at the path"],
  EISDIR: ["usage", "a file is needed where there is a folder", "look at the path"],
  ENOTDIR: ["usage", "a folder is needed where there is a file", "look at the path"],
  ECORRUPT: ["bad-input", "it is damaged", "restore it (termduet restore), or ingest again into a new store"],
  ECANTOPEN: ["unavailable", "it can't be opened", "look at its folder and the rights to it"],
};

/** The errno of an error, of its causes, or that which SQLite's result code comes to. */
function systemCode(error: unknown, at: string | undefined): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause)
    if ("errcode" in e && typeof e.errcode === "number") {
      const code = SQLITE[e.errcode & 0xff];
      // SQLite calls it an error of the disk where it has no room for the file by which processes agree.
      return (code === "EIO" || code === "ECANTOPEN") && isFull(at) ? "ENOSPC" : code;
    }
  return errnoOf(error);
}

const LEAST_ROOM = 128 * 1024;

function isFull(path: string | undefined): boolean {
  if (path === undefined) return false;
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < LEAST_ROOM;
  } catch {
    return false;
  }
}

function pathOf(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause)
    if ("path" in e && typeof e.path === "string") return e.path;
  return undefined;
}

/**
 * What the system said of a file or disk, as one line that says what, where and what to do; undefined for other errors.
 * `at` is the path where the error itself names none, `doing` what was being done.
 */
export function systemError(
  error: unknown,
  { at, doing }: { at?: string; doing?: string } = {},
): TermduetError | undefined {
  const path = pathOf(error) ?? at;
  const said = SAID[systemCode(error, path) ?? ""];
  if (!said) return undefined;
  const [code, what, todo] = said;
  const where = path === undefined ? "" : `${path}: `;
  const when = doing === undefined ? "" : ` while ${doing}`;
  return new TermduetError(code, `${where}${what}${when}; ${todo}`, { cause: error });
}

/** An error that came first, where disposing of something after it failed too. */
export function firstError(error: unknown): unknown {
  return error instanceof SuppressedError ? firstError(error.suppressed) : error;
}
