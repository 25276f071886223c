import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { syncFolder } from "../../machine/sync-folder.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";

const MANIFEST = "backup.json";
/** Where keys are in a backup. */
export const KEYS = "keys";

const inside = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/);

const manifestSchema = z.object({
  format: z.literal("termduet-backup"),
  version: z.literal(1),
  /** Version of the program that made it. */
  termduet: z.string(),
  createdAt: z.string(),
  /** Exported releases, each in a folder; those of a dataset in the order in which they were ingested. */
  releases: z.array(
    z.object({ dataset: z.string(), release: z.string(), folder: inside, active: z.boolean() }),
  ),
  /** Of each dataset the releases in the order in which they became active. */
  histories: z.record(z.string(), z.array(z.string())),
  encoders: z.array(z.object({ id: z.string(), hash: z.string(), folder: inside })),
  keys: z.boolean(),
  /** Alignments under review, and where they lay. */
  reviews: z.array(z.object({ path: z.string(), folder: inside })),
  files: z.array(z.object({ name: inside, bytes: z.int(), sha256: z.string().length(64) })),
});

export type BackupManifest = z.infer<typeof manifestSchema>;

/** Puts all files of a folder on the disk, and gives what they are. */
export async function sealedFiles(folder: string): Promise<BackupManifest["files"]> {
  const files: BackupManifest["files"] = [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) syncFolder(path);
    if (!entry.isFile()) continue;
    const file = openSync(path, "r+");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    const name = relative(folder, path).split(sep).join("/");
    files.push({ name, bytes: statSync(path).size, sha256: await sha256(path) });
  }
  syncFolder(folder);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Written last: a folder without it is no backup. */
export function writeBackupManifest(folder: string, manifest: BackupManifest): void {
  const draft = join(folder, `${MANIFEST}.new`);
  writeFileSync(draft, `${JSON.stringify(manifest, undefined, 1)}\n`, { flush: true });
  renameSync(draft, join(folder, MANIFEST));
  syncFolder(folder);
}

/** Errors: `not-found` without a manifest, `bad-input` for one that this version can't read. */
export function readBackupManifest(folder: string): BackupManifest {
  const path = join(folder, MANIFEST);
  if (!existsSync(path))
    throw new TermduetError("not-found", `${path} is not there: ${folder} holds no backup, or not all of it`);
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} can't be read by this version; take another backup`, {
      cause,
    });
  }
}

/** Compares all files of a backup with what was written. Errors: `bad-input` naming the first that differs. */
export async function verifyBackup(folder: string, { files }: BackupManifest): Promise<void> {
  for (const { name, bytes, sha256: expected } of files) {
    const path = join(folder, name);
    const found = existsSync(path) ? statSync(path).size : -1;
    if (found !== bytes || (await sha256(path)) !== expected) {
      const what = found < 0 ? "missing" : "not what was written";
      throw new TermduetError("bad-input", `${path} is ${what}; take another copy of the backup`);
    }
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
