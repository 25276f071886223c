import { accessSync, constants, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LockHeld, waitForLock } from "../../machine/held-lock.ts";
import { syncFolder } from "../../machine/sync-folder.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { CollectionSpec } from "../vector-store.ts";
import { readJsonFile } from "./json-file.ts";
import { databasePath, StoreDatabase } from "./store-database.ts";

const WAIT_MS = 60_000;
/** What versions before 0.3 kept in files of JSON. */
const FILES = ["metadata", "aliases", "collections"] as const;

/** A collection as the store knows it. */
export interface KnownCollection {
  spec: CollectionSpec;
  /** Whether its files have checksums: those of versions before 0.3 have none. */
  checked: boolean;
  /** Rows that it must hold; absent while it is written. */
  rows?: number;
}

/** Where those who write to a store agree. */
export function locksFolder(store: string): string {
  return join(store, "locks");
}

/**
 * The database of a store. Where an earlier version left files of JSON, what they hold is moved over in one step, and they are
 * untouched until it is on the disk. A store that can't be written to is read as it is.
 */
export async function openDatabase(store: string): Promise<StoreDatabase> {
  const path = databasePath(store);
  if (!isWritable(store) || (existsSync(path) && !isWritable(path))) {
    if (existsSync(path)) return StoreDatabase.openReadOnly(path);
    const database = StoreDatabase.inMemory(path);
    takeOver(store, database);
    return database;
  }
  if (existsSync(path)) return openOnFullDisk(path);
  const lock = await waitForLock(locksFolder(store), "opening", "making the store", WAIT_MS);
  if (lock instanceof LockHeld)
    throw new TermduetError("conflict", `${store} is being opened by ${lock.holder}; try again`);
  using _ = lock;
  if (!existsSync(path)) makeDatabase(store, path);
  return StoreDatabase.open(path);
}

/** A disk without room for the least file must not keep a store from being read. */
function openOnFullDisk(path: string): StoreDatabase {
  try {
    return StoreDatabase.open(path);
  } catch (error) {
    if (!(error instanceof TermduetError) || error.code !== "no-space") throw error;
    return StoreDatabase.openReadOnly(path, error);
  }
}

function makeDatabase(store: string, path: string): void {
  const draft = `${path}.new`;
  for (const end of ["", "-wal", "-shm"]) rmSync(`${draft}${end}`, { force: true });
  {
    using database = StoreDatabase.open(draft);
    takeOver(store, database);
  }
  renameSync(draft, path);
  syncFolder(store);
  for (const file of FILES) rmSync(join(store, `${file}.json`), { force: true });
}

/** Errors: `bad-input` naming a file that can't be read. */
function takeOver(store: string, database: StoreDatabase): void {
  const [metadata, aliases, collections] = FILES.map((file) => readJsonFile(join(store, `${file}.json`)));
  database.transaction("moving the records of an earlier version", () => {
    for (const [key, value] of Object.entries(metadata!))
      database.put("metadata", key, JSON.stringify(value));
    for (const [alias, collection] of Object.entries(aliases!))
      database.put("aliases", alias, String(collection));
    for (const [name, spec] of Object.entries(collections!)) {
      const known: KnownCollection = { spec: spec as CollectionSpec, checked: false };
      database.put("collections", name, JSON.stringify(known));
    }
  });
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
