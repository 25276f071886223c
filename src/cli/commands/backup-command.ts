import { existsSync, renameSync } from "node:fs";
import { Command } from "commander";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { openExistingStore, openStore } from "../../vector-store/open-store.ts";
import { readBackupManifest, verifyBackup } from "../backup/backup-manifest.ts";
import { makeBackup } from "../backup/make-backup.ts";
import { restoreBackup } from "../backup/restore-backup.ts";
import { catalogueOf, encodersFolderOption, localFolder, storeOption } from "../common-options.ts";
import { version } from "../paths.ts";
import { progressLine } from "../progress-line.ts";
import { list, setting } from "../settings.ts";

interface BackupCommandOptions {
  store: string;
  encodersFolder: string;
  apiKeys?: string;
  reviews?: string[];
  quiet?: boolean;
}

interface RestoreCommandOptions extends BackupCommandOptions {
  reviewsFolder?: string;
  replace?: boolean;
}

export function backupCommand(): Command {
  const command = new Command("backup")
    .description("copy releases, keys, ratings and encoders to a folder; servers and ingests go on meanwhile")
    .argument("<dir>", "folder that is not there yet")
    .addOption(setting("--api-keys <file>", "file of keys' hashes, which is copied too"))
    .addOption(
      setting("--reviews <list>", "folders of alignments under review, copied with their ratings").argParser(
        list,
      ),
    )
    .option("--quiet", "no progress");
  for (const add of [storeOption, encodersFolderOption]) add(command);
  return command.action(backup);
}

export function restoreCommand(): Command {
  const command = new Command("restore")
    .description("bring a backup back; all of it is verified before anything is changed")
    .argument("<dir>", "folder that `termduet backup` made")
    .addOption(setting("--api-keys <file>", "where the keys go"))
    .option("--reviews-folder <path>", "where alignments under review go (default: where they lay)")
    .option("--replace", "move what the store holds away first, beside it")
    .option("--quiet", "no progress");
  for (const add of [storeOption, encodersFolderOption]) add(command);
  return command.action(restore);
}

async function backup(dir: string, options: BackupCommandOptions): Promise<void> {
  const { apiKeys, reviews = [] } = options;
  await using store = await openExistingStore(options.store);
  const encoders = catalogueOf(options).list();
  const progress = progressLine(process.stderr, options.quiet ?? false);
  const { onProgress } = progress;
  const made = await makeBackup({
    store,
    folder: dir,
    encoders,
    apiKeys,
    reviews,
    version,
    onProgress,
  }).finally(progress.end);
  const bytes = made.files.reduce((sum, file) => sum + file.bytes, 0);
  const parts = [
    `${made.releases.length} releases`,
    `${made.encoders.length} encoders`,
    `${made.reviews.length} reviews`,
    ...(made.keys ? ["the keys"] : []),
  ];
  process.stdout.write(
    `${dir} holds ${parts.join(", ")} (${(bytes / 1e6).toFixed(0)} MB), read again and whole\n`,
  );
}

async function restore(dir: string, options: RestoreCommandOptions): Promise<void> {
  const manifest = readBackupManifest(dir);
  await verifyBackup(dir, manifest);
  if (options.replace) moveAway(options.store);
  await using store = await openStore(options.store);
  const encoders = catalogueOf(options).list();
  const progress = progressLine(process.stderr, options.quiet ?? false);
  const { onProgress } = progress;
  const { encodersFolder, apiKeys, reviewsFolder } = options;
  const done = await restoreBackup({
    store,
    folder: dir,
    manifest,
    encoders,
    encodersFolder,
    apiKeys,
    reviewsFolder,
    onProgress,
  }).finally(progress.end);
  process.stdout.write(`${["restored:", ...done.map((line) => `  ${line}`)].join("\n")}\n`);
}

/** Errors: `usage` for a server. */
function moveAway(url: string): void {
  if (!url.startsWith("lancedb:"))
    throw new TermduetError("usage", `--replace is for embedded stores; remove the releases of ${url} first`);
  const folder = localFolder(url);
  if (!existsSync(folder)) return;
  const away = `${folder}.replaced-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}`;
  renameSync(folder, away);
  process.stderr.write(`termduet: what was in ${folder} is in ${away} now\n`);
}
