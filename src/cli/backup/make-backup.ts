import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { activationHistory } from "../../../ingest/finish/switch-release.ts";
import { exportRelease } from "../../../ingest/releases/export-release.ts";
import { keepReleases } from "../../../ingest/work/dataset-lock.ts";
import { RATINGS_FILE } from "../../alignment/output-folder.ts";
import { type EncoderFolder, verifyEncoderFolder } from "../../encoder/encoder-manifest.ts";
import { syncFolder } from "../../machine/sync-folder.ts";
import { RatingsDatabase } from "../../review/ratings-database.ts";
import type { OnProgress } from "../../terminology/progress.ts";
import { systemError } from "../../terminology/system-errors.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { activeReleases, type ReleaseRecord, releaseRecords } from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import {
  type BackupManifest,
  KEYS,
  readBackupManifest,
  sealedFiles,
  verifyBackup,
  writeBackupManifest,
} from "./backup-manifest.ts";

export interface BackupOptions {
  store: VectorStore;
  /** A folder that is not there yet, or is empty. */
  folder: string;
  encoders: readonly EncoderFolder[];
  /** File of keys' hashes. */
  apiKeys?: string | undefined;
  /** Folders of alignments under review. */
  reviews: readonly string[];
  version: string;
  onProgress?: OnProgress | undefined;
}

/**
 * Copies all that can't be made again: releases, keys, ratings, encoders. Servers serve meanwhile, and ingests go on. What is copied is
 * compared with its checksums, and read again once it is on the disk; the manifest comes last.
 * Errors: `conflict` for a folder that holds something, `bad-input` for what is damaged, `no-space`; nothing is left then.
 */
export async function makeBackup(options: BackupOptions): Promise<BackupManifest> {
  const folder = resolve(options.folder);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new TermduetError("conflict", `${folder} is not empty; name a folder that is not there yet`);
  const wasThere = existsSync(folder);
  try {
    mkdirSync(folder, { recursive: true });
    const contents = await copyContents(options, folder);
    const files = await sealedFiles(folder);
    writeBackupManifest(folder, { ...contents, files });
    syncFolder(dirname(folder));
    const written = readBackupManifest(folder);
    await verifyBackup(folder, written);
    return written;
  } catch (error) {
    for (const name of existsSync(folder) ? readdirSync(folder) : [])
      rmSync(join(folder, name), { recursive: true, force: true });
    if (!wasThere) rmSync(folder, { recursive: true, force: true });
    const told = error instanceof TermduetError && error.code !== "no-space" ? undefined : systemError(error);
    if (told?.code !== "no-space") throw told ?? error;
    throw new TermduetError("no-space", `the disk of ${folder} is full; make room, and back up again`, {
      cause: error,
    });
  }
}

async function copyContents(options: BackupOptions, folder: string): Promise<Omit<BackupManifest, "files">> {
  const { store, encoders, apiKeys, reviews, version } = options;
  const releases = await copyReleases(options, folder);
  const records = await releaseRecords(store);
  const used = encoders.filter(({ hash }) => records.some((r) => r.encoders.some((e) => e.hash === hash)));
  const copied: BackupManifest["encoders"] = [];
  for (const encoder of used) copied.push(await copyEncoder(encoder, folder));
  if (apiKeys !== undefined) copyFileSync(apiKeys, join(folder, KEYS));
  const histories: BackupManifest["histories"] = {};
  for (const { dataset } of records) histories[dataset] ??= await activationHistory(store, dataset);
  return {
    format: "termduet-backup",
    version: 1,
    termduet: version,
    createdAt: new Date().toISOString(),
    releases,
    histories,
    encoders: copied,
    keys: apiKeys !== undefined,
    reviews: reviews.map((path, i) => copyReview(resolve(path), folder, i)),
  };
}

async function copyReleases(
  { store, onProgress }: BackupOptions,
  folder: string,
): Promise<BackupManifest["releases"]> {
  const datasets = [...new Set((await releaseRecords(store)).map(({ dataset }) => dataset))];
  const copied: BackupManifest["releases"] = [];
  for (const dataset of datasets) {
    // What is named now stays until it is copied, whatever becomes active or is removed meanwhile.
    using _ = await keepReleases(store, dataset, "a backup");
    const active = new Set((await activeReleases(store)).map(({ strings }) => strings));
    const own = latestGenerations((await releaseRecords(store)).filter((r) => r.dataset === dataset));
    for (const record of own) {
      const name = `releases/${dataset}/${record.release}`;
      await exportRelease(store, record, join(folder, name), onProgress);
      const { release, strings } = record;
      copied.push({ dataset, release, folder: name, active: active.has(strings) });
    }
  }
  return copied;
}

/** In the order in which they were ingested. */
function latestGenerations(records: readonly ReleaseRecord[]): ReleaseRecord[] {
  const latest = new Map(records.map((record) => [record.release, record]));
  return [...latest.values()].sort((a, b) => (a.ingestedAt < b.ingestedAt ? -1 : 1));
}

async function copyEncoder(
  encoder: EncoderFolder,
  folder: string,
): Promise<BackupManifest["encoders"][number]> {
  await verifyEncoderFolder(encoder);
  const { manifest, hash } = encoder;
  const name = `encoders/${hash}`;
  cpSync(encoder.folder, join(folder, name), { recursive: true, dereference: true });
  return { id: manifest.id, hash, folder: name };
}

/** The files of an alignment, and its ratings as they are in this moment. */
function copyReview(path: string, folder: string, number: number): BackupManifest["reviews"][number] {
  if (!existsSync(path)) throw new TermduetError("not-found", `--reviews ${path}: there is no such folder`);
  const safe = basename(path)
    .replaceAll(/[^A-Za-z0-9._-]/g, "_")
    .replace(/^\.+/, "");
  const name = `reviews/${number + 1}-${safe}`;
  mkdirSync(join(folder, name), { recursive: true });
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isFile() && !entry.name.startsWith(RATINGS_FILE))
      copyFileSync(join(path, entry.name), join(folder, name, entry.name));
  if (existsSync(join(path, RATINGS_FILE))) {
    using ratings = RatingsDatabase.open(join(path, RATINGS_FILE));
    ratings.copyTo(join(folder, name, RATINGS_FILE));
  }
  return { path, folder: name };
}
