import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { syncFolder } from "../../machine/sync-folder.ts";
import { errnoOf } from "../../terminology/termduet-error.ts";
import type { CollectionSpec } from "../vector-store.ts";
import { damagesOf, sumFile } from "./checked-file.ts";
import { DamagedFileError } from "./damaged-file.ts";
import { fieldIndexFiles } from "./field-index.ts";
import { indexPlan } from "./index-plan.ts";

/** The file of codes of vectors. */
export const CODES = "vectors.codes";

/** Folder of all that a collection is found by. It can be made again of the collection's rows, and is where it is wrong. */
export function indexFolder(store: string, name: string): string {
  return join(store, "index", name);
}

/** With what a killed process left of making them. */
export function removeIndexes(store: string, name: string): void {
  rmSync(indexFolder(store, name), { recursive: true, force: true });
  const folder = join(store, "index");
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder))
    if (entry.startsWith(`${name}.`) && /^\d+\.(new|old)$/.test(entry.slice(name.length + 1)))
      rmSync(join(folder, entry), { recursive: true, force: true });
}

/** Makes the indexes in a draft, and puts it in the place of those that are there once it is whole and on the disk. */
export async function replaceIndexes(
  store: string,
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = indexFolder(store, name);
  const draft = `${folder}.${process.pid}.new`;
  const gone = `${folder}.${process.pid}.old`;
  try {
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true });
    await make(draft);
    for (const file of readdirSync(draft)) sumFile(join(draft, file));
    syncFolder(draft);
    try {
      renameSync(folder, gone);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
    placeDraft(draft, folder);
    syncFolder(join(store, "index"));
    syncFolder(store);
  } finally {
    for (const left of [draft, gone]) rmSync(left, { recursive: true, force: true });
  }
}

/** Another process that mended the same has put its own there: one is as good as the other. */
function placeDraft(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(errnoOf(error) ?? "")) throw error;
  }
}

/** Whether an error says that an index of the collection is damaged or missing. */
export function isOfIndexes(store: string, name: string, error: unknown): boolean {
  const isMissing = errnoOf(error) === "ENOENT";
  if (!(error instanceof DamagedFileError) && !isMissing) return false;
  const path = (error as { path?: string }).path;
  return path?.startsWith(`${indexFolder(store, name)}${sep}`) ?? false;
}

/** What is wrong with a collection's indexes, by their checksums. */
export function indexDamages(store: string, spec: CollectionSpec, rows: number): string[] {
  const hasCodes = spec.dimension !== undefined && indexPlan(rows) !== undefined;
  const files = [...fieldIndexFiles(spec), ...(hasCodes ? [CODES] : [])];
  return files.flatMap((file) => damagesOf(join(indexFolder(store, spec.name), file)));
}
