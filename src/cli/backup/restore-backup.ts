import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkRelease } from "../../../ingest/finish/check-release.ts";
import { setActivationHistory } from "../../../ingest/finish/switch-release.ts";
import { importRelease } from "../../../ingest/releases/import-release.ts";
import { activate } from "../../../ingest/releases/manage-releases.ts";
import type { EncoderFolder } from "../../encoder/encoder-manifest.ts";
import { writeWhole } from "../../optimizer/encoder-output.ts";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { releaseRecords } from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { type BackupManifest, KEYS } from "./backup-manifest.ts";

export interface RestoreOptions {
  store: VectorStore;
  /** The backup, whose files have been verified. */
  folder: string;
  manifest: BackupManifest;
  /** Encoders that are here already, and where others go. */
  encoders: readonly EncoderFolder[];
  encodersFolder: string;
  /** Where keys go. */
  apiKeys?: string | undefined;
  /** Where alignments go; left out: where they lay. */
  reviewsFolder?: string | undefined;
  onProgress?: OnProgress | undefined;
}

/** Brings all of a backup back, and checks it. May be repeated after a crash. Gives what was done, a line each. */
export async function restoreBackup(options: RestoreOptions): Promise<string[]> {
  const { store, folder, manifest, onProgress } = options;
  await refuseOthers(store, manifest);
  const done = [...(await restoreEncoders(options)), ...restoreKeys(options), ...restoreReviews(options)];
  for (const { dataset, release, folder: name } of manifest.releases) {
    await importRelease(store, join(folder, name), onProgress);
    done.push(`release ${dataset} ${release}`);
  }
  for (const { dataset, release, active } of manifest.releases)
    if (active) await activate(store, dataset, release);
  for (const [dataset, history] of Object.entries(manifest.histories))
    await setActivationHistory(store, dataset, history);
  for (const record of await releaseRecords(store)) {
    const { damages } = await checkRelease(store, record);
    if (damages.length > 0)
      throw new TermduetError(
        "internal",
        `${record.dataset} ${record.release} is not whole after the restore: ${damages[0]}`,
      );
  }
  return done;
}

/** Errors: `conflict` where the store holds what the backup does not. */
async function refuseOthers(store: VectorStore, { releases }: BackupManifest): Promise<void> {
  const other = (await releaseRecords(store)).find(
    (record) => !releases.some((r) => r.dataset === record.dataset && r.release === record.release),
  );
  if (other)
    throw new TermduetError(
      "conflict",
      `${store.url} holds ${other.dataset} ${other.release}, which the backup does not; name another --store, or add --replace to put the backup in its place`,
    );
}

async function restoreEncoders({
  manifest,
  folder,
  encoders,
  encodersFolder,
}: RestoreOptions): Promise<string[]> {
  const done: string[] = [];
  for (const { id, hash, folder: name } of manifest.encoders) {
    if (encoders.some((encoder) => encoder.hash === hash)) continue;
    const isTaken = existsSync(join(encodersFolder, id)) || encoders.some((e) => e.manifest.id === id);
    await writeWhole(join(encodersFolder, isTaken ? `${id}-${hash}` : id), async (partial) => {
      cpSync(join(folder, name), partial, { recursive: true });
    });
    done.push(`encoder ${id} (${hash})`);
  }
  return done;
}

function restoreKeys({ manifest, folder, apiKeys }: RestoreOptions): string[] {
  if (!manifest.keys) return [];
  const kept = join(folder, KEYS);
  if (apiKeys === undefined) return [`keys are in ${kept}; --api-keys FILE says where they go`];
  if (existsSync(apiKeys)) {
    if (readFileSync(apiKeys).equals(readFileSync(kept))) return [];
    return [`${apiKeys} holds other keys and stays as it is; those of the backup are in ${kept}`];
  }
  mkdirSync(dirname(apiKeys), { recursive: true });
  copyFileSync(kept, apiKeys);
  return [`keys in ${apiKeys}`];
}

function restoreReviews({ manifest, folder, reviewsFolder }: RestoreOptions): string[] {
  return manifest.reviews.map(({ path, folder: name }) => {
    const to = reviewsFolder === undefined ? path : join(reviewsFolder, basename(path));
    if (existsSync(to) && readdirSync(to).length > 0)
      return `${to} holds files and stays as it is; the review of the backup is in ${join(folder, name)}`;
    cpSync(join(folder, name), to, { recursive: true });
    return `review in ${to}`;
  });
}
