import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { syncFolder } from "../../machine/sync-folder.ts";
import type { OnProgress } from "../../terminology/progress.ts";
import { LanceTables } from "../lancedb/read-tables.ts";
import type { CollectionSpec } from "../vector-store.ts";
import { BlockLog } from "./block-log.ts";
import { rowsPath } from "./collection-rows.ts";
import { EmbeddedCollection } from "./embedded-collection.ts";
import { readJsonFile } from "./json-file.ts";

/**
 * Converts a store of Termduet 0.1 where it lies: documents and vectors stay as they are, their fields are read from LanceDB's
 * tables, which are removed once all indexes are made. May be repeated after a crash. False for a store that needs none.
 */
export async function convertStore(store: string, onProgress?: OnProgress): Promise<boolean> {
  if (!LanceTables.areIn(store)) return false;
  using tables = await LanceTables.open(store);
  const specs = readJsonFile(join(store, "collections.json")) as Record<string, CollectionSpec>;
  for (const spec of Object.values(specs)) {
    await copyFields(store, spec, tables);
    const collection = EmbeddedCollection.open(store, spec);
    try {
      await collection.buildIndexes(onProgress);
    } finally {
      collection.close();
    }
  }
  // One step: a store has its tables, and is converted again, or has none.
  const gone = join(store, "tables.converted");
  rmSync(gone, { recursive: true, force: true });
  renameSync(join(store, "tables"), gone);
  syncFolder(store);
  rmSync(gone, { recursive: true, force: true });
  return true;
}

async function copyFields(store: string, spec: CollectionSpec, tables: LanceTables): Promise<void> {
  const path = rowsPath(store, spec.name);
  if (!existsSync(`${path}.blocks`)) BlockLog.create(path);
  using log = BlockLog.open(path);
  let number = 0;
  // As many rows as Lance gives at a time.
  for await (const { firstOrdinal, count, fields } of tables.fieldRows(spec))
    log.write({ number: number++, firstOrdinal, count }, fields);
}
