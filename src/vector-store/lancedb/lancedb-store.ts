import "../../machine/silent.ts";
import "./quiet-logs.ts";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Connection, connect } from "@lancedb/lancedb";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { CollectionsStore } from "../collections-store.ts";
import type { Block, CollectionSpec, CreateOptions, VectorStore } from "../vector-store.ts";
import { COLLECTION_NAME } from "../vector-store.ts";
import { removeRows } from "./collection-rows.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { LanceDbCollection } from "./lancedb-collection.ts";
import { explained } from "./store-errors.ts";
import { withTemporaryFiles } from "./temporary-files.ts";

/** The embedded store: a folder of Lance tables, and two JSON files for aliases and metadata. One writer at a time. */
export class LanceDbStore extends CollectionsStore<LanceDbCollection> implements VectorStore {
  readonly url: string;
  readonly parallel = false;
  readonly #path: string;
  readonly #connection: Connection;
  readonly #open = new Map<string, Promise<LanceDbCollection>>();

  private constructor(path: string, connection: Connection) {
    super();
    this.url = `lancedb:${path}`;
    this.#path = path;
    this.#connection = connection;
  }

  static async open(folder: string): Promise<LanceDbStore> {
    const path = resolve(folder);
    return explained(path, "opening it", async () => {
      mkdirSync(path, { recursive: true });
      return new LanceDbStore(path, await connect(join(path, "tables")));
    });
  }

  async createCollection(spec: CollectionSpec, { keep = false }: CreateOptions = {}): Promise<void> {
    if (!COLLECTION_NAME.test(spec.name))
      throw new TermduetError("usage", `${spec.name} is no name for a collection`);
    if (keep && (await this.collections()).includes(spec.name)) return;
    await explained(this.#path, `creating ${spec.name}`, () =>
      LanceDbCollection.create(this.#connection, this.#path, spec),
    );
    this.#open.delete(spec.name);
  }

  async dropCollection(name: string): Promise<void> {
    this.#open.delete(name);
    if (!(await this.collections()).includes(name)) return;
    await explained(this.#path, `dropping ${name}`, () => this.#connection.dropTable(name));
    removeRows(this.#path, name);
    writeJsonFile(this.#specFile(), this.#without(this.#specFile(), name));
  }

  async collections(): Promise<string[]> {
    if (!existsSync(join(this.#path, "tables"))) return [];
    const names: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.#connection.tableNames(
        after === undefined ? { limit: 100 } : { limit: 100, startAfter: after },
      );
      names.push(...page);
      if (page.length < 100) return names;
      after = page.at(-1);
    }
  }

  async writeBlock(collection: string, block: Block): Promise<void> {
    await this.with(collection, `writing ${collection}`, (c) => c.writeBlock(block));
  }

  async finishCollection(collection: string, onProgress?: OnProgress): Promise<void> {
    const build = (c: LanceDbCollection) => withTemporaryFiles(this.#path, () => c.buildIndexes(onProgress));
    await this.with(collection, `indexing ${collection}`, build);
  }

  async aliases(): Promise<Record<string, string>> {
    return readJsonFile(join(this.#path, "aliases.json")) as Record<string, string>;
  }

  async switchAliases(changes: Readonly<Record<string, string | null>>): Promise<void> {
    const names = new Set(await this.collections());
    const aliases = await this.aliases();
    for (const [alias, collection] of Object.entries(changes)) {
      if (collection === null) delete aliases[alias];
      else if (names.has(collection)) aliases[alias] = collection;
      else
        throw new TermduetError(
          "not-found",
          `alias ${alias} can't name ${collection}: there is no such collection`,
        );
    }
    await explained(this.#path, "switching aliases", async () =>
      writeJsonFile(join(this.#path, "aliases.json"), aliases),
    );
  }

  async metadata(): Promise<Record<string, unknown>> {
    return readJsonFile(this.#metadataFile());
  }

  async putMetadata(key: string, value: unknown): Promise<void> {
    const changed = { ...readJsonFile(this.#metadataFile()), [key]: value };
    await explained(this.#path, `writing ${key}`, async () => writeJsonFile(this.#metadataFile(), changed));
  }

  async deleteMetadata(key: string): Promise<void> {
    writeJsonFile(this.#metadataFile(), this.#without(this.#metadataFile(), key));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    for (const result of opened) if (result.status === "fulfilled") result.value.close();
    this.#connection.close();
  }

  #metadataFile(): string {
    return join(this.#path, "metadata.json");
  }

  #specFile(): string {
    return join(this.#path, "collections.json");
  }

  #without(file: string, key: string): Record<string, unknown> {
    const { [key]: _, ...rest } = readJsonFile(file);
    return rest;
  }

  protected override async with<T>(
    name: string,
    doing: string,
    call: (collection: LanceDbCollection) => Promise<T>,
  ): Promise<T> {
    const collection = await this.collection(name);
    return explained(this.#path, doing, () => call(collection));
  }

  protected override collection(name: string): Promise<LanceDbCollection> {
    const known = this.#open.get(name);
    if (known) return known;
    const opening = this.#openCollection(name);
    this.#open.set(name, opening);
    opening.catch(() => this.#open.delete(name));
    return opening;
  }

  async #openCollection(name: string): Promise<LanceDbCollection> {
    if (!(await this.collections()).includes(name)) {
      throw new TermduetError(
        "not-found",
        `there is no collection ${name} in ${this.url}; ingest a release first`,
      );
    }
    return explained(this.#path, `opening ${name}`, () =>
      LanceDbCollection.open(this.#connection, this.#path, name),
    );
  }
}
