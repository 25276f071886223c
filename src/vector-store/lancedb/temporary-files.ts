import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Runs `work` with a folder of the store as the place for temporary files, and removes it afterwards. Lance leaves the
 * files of an index's making behind (tens of megabytes to gigabytes), and would leave them in the system's folder.
 */
export async function withTemporaryFiles<T>(storeFolder: string, work: () => Promise<T>): Promise<T> {
  const folder = join(storeFolder, "tmp");
  const before = process.env["TMPDIR"];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  process.env["TMPDIR"] = folder;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(folder, { recursive: true, force: true });
  }
}
