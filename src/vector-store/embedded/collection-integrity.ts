import { existsSync } from "node:fs";
import type { CollectionIntegrity, CollectionSpec } from "../vector-store.ts";
import { damagesOf, sealSums, sumFile } from "./checked-file.ts";
import { rowsFiles } from "./collection-rows.ts";
import { indexDamages } from "./index-folder.ts";
import type { KnownCollection } from "./open-database.ts";

/** Once all is written: see `BlockSums.seal`. */
export function sealRows(store: string, name: string): void {
  for (const file of rowsFiles(store, name)) if (existsSync(file)) sealSums(file);
}

/** Puts the files of a collection that an earlier version wrote under checksums. */
export function sumRows(store: string, { name }: CollectionSpec): void {
  for (const file of rowsFiles(store, name)) if (existsSync(file)) sumFile(file);
}

/**
 * Reads all files of a collection against their checksums. Indexes that are wrong are made again (`rebuild`) where the rows are
 * right, and are no damage: all of them can be made of the rows.
 */
export async function collectionIntegrity(
  store: string,
  { spec, checked, rows }: KnownCollection,
  rebuild: () => Promise<void>,
): Promise<CollectionIntegrity> {
  if (!checked) return { damages: [], mended: [], checked };
  // One that is being written, or was left unfinished, is checked by the ingest that goes on with it.
  if (rows === undefined) return { damages: [], mended: [], checked };
  const files = rowsFiles(store, spec.name, spec);
  const damages = files.flatMap(damagesOf);
  if (damages.length > 0) return { damages, mended: [], checked };
  const wrong = indexDamages(store, spec, rows);
  if (wrong.length > 0) await rebuild();
  return { damages, mended: wrong, checked };
}
