import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { syncFolder } from "../../machine/sync-folder.ts";
import type { OnProgress } from "../../terminology/progress.ts";
import { LanceTables } from "../lancedb/read-tables.ts";
import type { CollectionSpec } from "../vector-store.ts";
import { BlockLog } from "./block-log.ts";
import { sumRows } from "./collection-integrity.ts";
import { rowsPath } from "./collection-rows.ts";
import { EmbeddedCollection } from "./embedded-collection.ts";
import { type KnownCollection, openDatabase } from "./open-database.ts";
import type { StoreDatabase } from "./store-database.ts";

/**
 * Converts a store of an earlier version where it lies, and gives whether there was something to do. Documents and vectors stay as
 * they are. Of a store of Termduet 0.1, fields are read from LanceDB's tables, which are removed once all indexes are made; of
 * one of 0.2, files and indexes get their checksums. May be repeated after a crash.
 */
export async function convertStore(store: string, onProgress?: OnProgress): Promise<boolean> {
  const hasTables = LanceTables.areIn(store);
  using database = await openDatabase(store);
  const known = Object.values(database.all("collections")).map((json) => JSON.parse(json) as KnownCollection);
  const old = hasTables ? known : known.filter(({ checked }) => !checked);
  if (hasTables) {
    using tables = await LanceTables.open(store);
    for (const { spec } of old) await copyFields(store, spec, tables);
  }
  for (const { spec } of old) await convertCollection(store, spec, database, onProgress);
  if (hasTables) removeTables(store);
  return old.length > 0 || hasTables;
}

async function convertCollection(
  store: string,
  spec: CollectionSpec,
  database: StoreDatabase,
  onProgress?: OnProgress,
): Promise<void> {
  sumRows(store, spec);
  const collection = EmbeddedCollection.open(store, { spec, checked: true });
  try {
    await collection.buildIndexes(onProgress);
    const converted: KnownCollection = { spec, checked: true, rows: await collection.count() };
    database.put("collections", spec.name, JSON.stringify(converted));
  } finally {
    collection.close();
  }
}

/** One step: a store has its tables, and is converted again, or has none. */
function removeTables(store: string): void {
  const gone = join(store, "tables.converted");
  rmSync(gone, { recursive: true, force: true });
  renameSync(join(store, "tables"), gone);
  syncFolder(store);
  rmSync(gone, { recursive: true, force: true });
}

async function copyFields(store: string, spec: CollectionSpec, tables: LanceTables): Promise<void> {
  const path = rowsPath(store, spec.name);
  // Begun anew each time: what a crash cut has no checksums of its own.
  BlockLog.create(path);
  using log = BlockLog.open(path);
  let number = 0;
  // As many rows as Lance gives at a time.
  for await (const { firstOrdinal, count, fields } of tables.fieldRows(spec))
    log.write({ number: number++, firstOrdinal, count }, fields);
}
