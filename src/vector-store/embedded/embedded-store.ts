import { existsSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { CollectionsStore } from "../collections-store.ts";
import type {
  Block,
  CollectionIntegrity,
  CollectionSpec,
  CreateOptions,
  VectorStore,
} from "../vector-store.ts";
import { COLLECTION_NAME } from "../vector-store.ts";
import { collectionIntegrity, sealRows } from "./collection-integrity.ts";
import { createRows, removeRows } from "./collection-rows.ts";
import { EmbeddedCollection } from "./embedded-collection.ts";
import { removeIndexes } from "./index-folder.ts";
import { type KnownCollection, locksFolder, openDatabase } from "./open-database.ts";
import { databasePath, StoreDatabase } from "./store-database.ts";
import { explained } from "./store-errors.ts";

/** How often a store looks whether another process has removed what it has open. */
const LOOK_MS = 1_000;
/** What is removed may still be read by calls that are under way. */
const LET_GO_MS = 60_000;

/** The embedded store: a folder of rows and indexes, and a database of what they are. Each collection has one writer at a time. */
export class EmbeddedStore extends CollectionsStore<EmbeddedCollection> implements VectorStore {
  readonly url: string;
  readonly parallel = false;
  readonly locks: string;
  readonly #path: string;
  #database: StoreDatabase;
  /** The file of the database, which a restore puts another in the place of. */
  #inode: number | undefined;
  readonly #open = new Map<string, Promise<EmbeddedCollection>>();
  #looked = 0;

  private constructor(path: string, database: StoreDatabase) {
    super();
    this.url = `lancedb:${path}`;
    this.locks = locksFolder(path);
    this.#path = path;
    this.#database = database;
    this.#inode = inodeOf(path);
  }

  static async open(folder: string): Promise<EmbeddedStore> {
    const path = resolve(folder);
    return explained(path, "opening it", async () => {
      mkdirSync(path, { recursive: true });
      refuseOldStore(path);
      return new EmbeddedStore(path, await openDatabase(path));
    });
  }

  async createCollection(spec: CollectionSpec, { keep = false }: CreateOptions = {}): Promise<void> {
    if (!COLLECTION_NAME.test(spec.name))
      throw new TermduetError("usage", `${spec.name} is no name for a collection`);
    if (keep && (await this.collections()).includes(spec.name)) return;
    await this.#close(spec.name);
    await explained(this.#path, `creating ${spec.name}`, () => {
      this.#records.delete("collections", spec.name);
      removeIndexes(this.#path, spec.name);
      createRows(this.#path, spec);
      // The description last: what it does not name is not there.
      this.#describe({ spec, checked: true });
    });
  }

  async dropCollection(name: string): Promise<void> {
    await this.#close(name);
    if (!this.#known(name)) return;
    await explained(this.#path, `dropping ${name}`, () => {
      this.#records.delete("collections", name);
      removeIndexes(this.#path, name);
      removeRows(this.#path, name);
    });
  }

  async collections(): Promise<string[]> {
    return Object.keys(this.#records.all("collections"));
  }

  async writeBlock(collection: string, block: Block): Promise<void> {
    const known = this.#known(collection);
    if (known?.rows !== undefined) this.#describe({ spec: known.spec, checked: known.checked });
    await this.with(collection, `writing ${collection}`, (c) => c.writeBlock(block));
  }

  async finishCollection(collection: string, onProgress?: OnProgress): Promise<void> {
    await this.with(collection, `indexing ${collection}`, async (c) => {
      sealRows(this.#path, collection);
      await c.buildIndexes(onProgress);
      this.#describe({ ...this.#known(collection)!, rows: await c.count() });
    });
  }

  async aliases(): Promise<Record<string, string>> {
    return this.#records.all("aliases");
  }

  async switchAliases(changes: Readonly<Record<string, string | null>>): Promise<void> {
    const database = this.#records;
    database.transaction("switching aliases", () => {
      for (const [alias, collection] of Object.entries(changes)) {
        if (collection === null) database.delete("aliases", alias);
        else if (database.get("collections", collection)) database.put("aliases", alias, collection);
        else
          throw new TermduetError(
            "not-found",
            `alias ${alias} can't name ${collection}: there is no such collection`,
          );
      }
    });
  }

  async metadata(): Promise<Record<string, unknown>> {
    const values = Object.entries(this.#records.all("metadata"));
    return Object.fromEntries(values.map(([key, value]) => [key, JSON.parse(value)]));
  }

  async putMetadata(key: string, value: unknown): Promise<void> {
    this.#records.put("metadata", key, JSON.stringify(value));
  }

  async deleteMetadata(key: string): Promise<void> {
    this.#records.delete("metadata", key);
  }

  async recordDamages(): Promise<string[]> {
    return this.#records.damages();
  }

  async integrity(collection: string): Promise<CollectionIntegrity> {
    const known = this.#known(collection);
    if (!known) return { damages: [`${collection} is not in ${this.url}`], mended: [], checked: true };
    return explained(this.#path, `checking ${collection}`, () =>
      collectionIntegrity(this.#path, known, () =>
        this.with(collection, `indexing ${collection}`, (c) => c.buildIndexes()),
      ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    for (const result of opened) if (result.status === "fulfilled") result.value.close();
    this.#database[Symbol.dispose]();
  }

  #known(name: string): KnownCollection | undefined {
    const value = this.#records.get("collections", name);
    return value === undefined ? undefined : (JSON.parse(value) as KnownCollection);
  }

  #describe(known: KnownCollection): void {
    this.#records.put("collections", known.spec.name, JSON.stringify(known));
  }

  protected override async with<T>(
    name: string,
    doing: string,
    call: (collection: EmbeddedCollection) => Promise<T>,
  ): Promise<T> {
    const collection = await this.collection(name);
    try {
      return await explained(this.#path, doing, () => call(collection));
    } catch (error) {
      // What was removed meanwhile fails in many ways, and is simply not there.
      throw this.#known(name) ? error : this.#notThere(name, error);
    }
  }

  protected override collection(name: string): Promise<EmbeddedCollection> {
    void this.#records; // what was removed is not open any more
    const known = this.#open.get(name);
    if (known) return known;
    const opening = this.#openCollection(name);
    this.#open.set(name, opening);
    opening.catch(() => this.#open.delete(name));
    return opening;
  }

  async #openCollection(name: string): Promise<EmbeddedCollection> {
    const known = this.#known(name);
    if (!known) throw this.#notThere(name);
    return explained(this.#path, `opening ${name}`, () => EmbeddedCollection.open(this.#path, known));
  }

  #notThere(name: string, cause?: unknown): TermduetError {
    return new TermduetError(
      "not-found",
      `there is no collection ${name} in ${this.url}; ingest a release first`,
      { cause },
    );
  }

  /** The database, once a second looked at for what another process has changed: removed collections, or all of the store. */
  get #records(): StoreDatabase {
    const now = performance.now();
    if (now - this.#looked < LOOK_MS) return this.#database;
    this.#looked = now;
    const inode = inodeOf(this.#path);
    const isOther = inode !== undefined && this.#inode !== undefined && inode !== this.#inode;
    if (isOther) {
      const before = this.#database;
      this.#database = StoreDatabase.open(databasePath(this.#path));
      this.#inode = inode;
      before[Symbol.dispose]();
    }
    this.#letGo(isOther ? new Set() : new Set(Object.keys(this.#database.all("collections"))));
    return this.#database;
  }

  /** Forgets collections that are not there any more. */
  #letGo(there: ReadonlySet<string>): void {
    for (const [name, opened] of this.#open) {
      if (there.has(name)) continue;
      this.#open.delete(name);
      setTimeout(() => opened.then((c) => c.close()).catch(() => undefined), LET_GO_MS).unref();
    }
  }

  async #close(name: string): Promise<void> {
    const opened = this.#open.get(name);
    this.#open.delete(name);
    (await opened?.catch(() => undefined))?.close();
  }
}

function inodeOf(store: string): number | undefined {
  return statSync(databasePath(store), { throwIfNoEntry: false })?.ino;
}

/** Stores of versions before 0.2 have their indexes in tables of LanceDB. */
function refuseOldStore(path: string): void {
  if (existsSync(join(path, "tables")))
    throw new TermduetError(
      "incompatible",
      `${path} was made by Termduet 0.1: convert it once with termduet upgrade --store lancedb:${path}`,
    );
}
