import { existsSync, mkdirSync, readdirSync } from "node:fs";
import type { OnProgress } from "../../src/terminology/progress.ts";
import { errnoOf, TermduetError } from "../../src/terminology/termduet-error.ts";
import { collectionsOf, type ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { type ArchivedFile, writeArchived, writeManifest } from "./export-archive.ts";

// A file of vectors of 1024 is some 32 MB then.
const ROWS_PER_FILE = 8192;

/**
 * Writes a release to a folder that any store can import: Arrow files, each a block of one collection, and a manifest with
 * their SHA-256. Gives the bytes written.
 * Errors: `conflict` for a folder that holds something, `no-space`.
 */
export async function exportRelease(
  store: VectorStore,
  record: ReleaseRecord,
  folder: string,
  onProgress?: OnProgress | undefined,
): Promise<number> {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new TermduetError("conflict", `${folder} is not empty; name a folder that is not there yet`);
  const collections = collectionsOf(record);
  const total = collections.reduce((sum, { count }) => sum + count, 0);
  const files: ArchivedFile[] = [];
  let done = 0;
  try {
    mkdirSync(folder, { recursive: true });
    for (const { content, spec } of collections) {
      for await (const block of store.blocks(spec.name, ROWS_PER_FILE)) {
        files.push(writeArchived(folder, content, spec, block));
        done += block.ids.length;
        onProgress?.({ stage: "export", done, total, unit: "records" });
      }
    }
    writeManifest(folder, { record, files });
  } catch (cause) {
    if (errnoOf(cause) !== "ENOSPC") throw cause;
    throw new TermduetError(
      "no-space",
      `the disk of ${folder} is full; make room, remove the folder and export again`,
      {
        cause,
      },
    );
  }
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
