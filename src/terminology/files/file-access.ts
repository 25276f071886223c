import type { Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import { errnoOf, TermduetError } from "../termduet-error.ts";

/** @throws TermduetError `not-found` when nothing is there, `unavailable` when it may not be looked at. */
export async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The first bytes of a file, fewer where the file is shorter. */
export async function firstBytes(path: string, count: number): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The error of a file that could not be opened or read, from the system's error. */
export function unreadable(path: string, cause: unknown): TermduetError {
  const errno = errnoOf(cause);
  if (errno === "ENOENT" || errno === "ENOTDIR") {
    return new TermduetError("not-found", `no such file or folder: ${path}`, { cause });
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new TermduetError("unavailable", `${path} cannot be read (${detail})`, { cause });
}
