import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import * as arrow from "apache-arrow";
import { z } from "zod";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { blockOf, blockTable, tableSchema } from "../../src/vector-store/arrow-blocks.ts";
import { parseReleaseRecord, type ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { Block, CollectionSpec } from "../../src/vector-store/vector-store.ts";

const MANIFEST = "manifest.json";
const FORMAT = "termduet-release";
const VERSION = 1;

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  record: z.unknown(),
  /** SHA-256 of the record; archives of earlier versions have none. */
  recordSha256: z.string().length(64).optional(),
  files: z.array(
    z.object({
      name: z.string().regex(/^[A-Za-z0-9._-]+\.arrow$/),
      /** Collection that the file is a block of: see `ReleaseCollection`. */
      content: z.string(),
      rows: z.int().positive(),
      bytes: z.int().positive(),
      sha256: z.string().length(64),
    }),
  ),
});

/** One file of an archive: an Arrow IPC file with a block of one collection, its fields, and its bodies or vectors. */
export type ArchivedFile = z.infer<typeof manifestSchema>["files"][number];

export interface Archive {
  record: ReleaseRecord;
  files: ArchivedFile[];
}

/** Writes a block to a file of the folder. */
export function writeArchived(
  folder: string,
  content: string,
  spec: CollectionSpec,
  block: Block,
): ArchivedFile {
  const table = blockTable(tableSchema(spec, { whole: true }), block);
  const bytes = arrow.tableToIPC(table, "file");
  const name = `${content}-${String(block.number).padStart(6, "0")}.arrow`;
  writeFileSync(join(folder, name), bytes, { flush: true });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name, content, rows: block.ids.length, bytes: bytes.length, sha256 };
}

/** The block that a file holds. Errors: `bad-input` when it is not the one that was written. */
export function readArchived(folder: string, file: ArchivedFile, spec: CollectionSpec): Block {
  const path = join(folder, file.name);
  const bytes = readFileSync(path);
  if (createHash("sha256").update(bytes).digest("hex") !== file.sha256) throw damaged(path);
  return blockOf(spec, arrow.tableFromIPC(bytes));
}

/** Written last: a folder without it is no archive. */
export function writeManifest(folder: string, { record, files }: Archive): void {
  const manifest = { format: FORMAT, version: VERSION, record, recordSha256: recordHash(record), files };
  writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 1)}\n`, { flush: true });
}

/** Errors: `not-found` without a manifest, `bad-input` for one that this version can't read. */
export function readManifest(folder: string): Archive {
  const path = join(folder, MANIFEST);
  if (!existsSync(path))
    throw new TermduetError(
      "not-found",
      `${path} is not there: ${folder} holds no exported release, or not all of it`,
    );
  try {
    const { record, recordSha256, files } = manifestSchema.parse(JSON.parse(readFileSync(path, "utf8")));
    if (recordSha256 !== undefined && recordHash(record) !== recordSha256) throw damaged(path);
    return { record: parseReleaseRecord(record), files };
  } catch (cause) {
    if (cause instanceof TermduetError) throw cause;
    throw new TermduetError("bad-input", `${path} can't be read by this version; export the release again`, {
      cause,
    });
  }
}

/** Compares all files with their checksums before anything is made of them. Errors: `bad-input` naming the file. */
export async function checkArchive(folder: string, files: readonly ArchivedFile[]): Promise<void> {
  for (const { name, sha256 } of files) {
    const path = join(folder, name);
    if (!existsSync(path)) throw new TermduetError("bad-input", `${path} is missing; copy the export again`);
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    if (hash.digest("hex") !== sha256) throw damaged(path);
  }
}

function recordHash(record: unknown): string {
  return createHash("sha256").update(JSON.stringify(record)).digest("hex");
}

function damaged(path: string): TermduetError {
  return new TermduetError("bad-input", `${path} is damaged (its SHA-256 is another); copy the export again`);
}
