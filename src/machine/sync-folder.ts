import { closeSync, fsyncSync, openSync } from "node:fs";

/**
 * Makes the names in a folder last through a loss of power. Windows has no such call for folders (it refuses to open one,
 * or to sync it) and needs none: NTFS keeps names in a journal.
 */
export function syncFolder(
  path: string,
  { open = openSync, sync = fsyncSync, close = closeSync } = {},
): void {
  let folder: number | undefined;
  try {
    folder = open(path, "r");
    sync(folder);
  } catch (error) {
    if (!REFUSED.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    if (folder !== undefined) close(folder);
  }
}

// EINVAL: file systems (some network and FUSE ones) that know no sync of a folder.
const REFUSED = new Set(["EPERM", "EISDIR", "EACCES", "EINVAL", "ENOTSUP"]);
