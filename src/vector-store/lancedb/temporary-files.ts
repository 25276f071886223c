import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

// The first is read by Unix, the others by Windows.
const VARIABLES = ["TMPDIR", "TMP", "TEMP"];

/**
 * Runs `work` with a folder of the store as the place for temporary files, and removes it afterwards. Lance leaves the
 * files of an index's making behind (tens of megabytes to gigabytes), and would leave them in the system's folder.
 */
export async function withTemporaryFiles<T>(storeFolder: string, work: () => Promise<T>): Promise<T> {
  const folder = join(storeFolder, "tmp");
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of VARIABLES) process.env[name] = folder;
  try {
    return await work();
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    rmSync(folder, { recursive: true, force: true });
  }
}
