import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { CollectionsStore } from "../collections-store.ts";
import type { Block, CollectionSpec, CreateOptions, VectorStore } from "../vector-store.ts";
import { COLLECTION_NAME } from "../vector-store.ts";
import { createRows, removeRows } from "./collection-rows.ts";
import { EmbeddedCollection, removeIndexes } from "./embedded-collection.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { explained } from "./store-errors.ts";

/** The embedded store: a folder of rows and indexes, and JSON files for specs, aliases and metadata. One writer at a time. */
export class EmbeddedStore extends CollectionsStore<EmbeddedCollection> implements VectorStore {
  readonly url: string;
  readonly parallel = false;
  readonly #path: string;
  readonly #open = new Map<string, Promise<EmbeddedCollection>>();

  private constructor(path: string) {
    super();
    this.url = `lancedb:${path}`;
    this.#path = path;
  }

  static async open(folder: string): Promise<EmbeddedStore> {
    const path = resolve(folder);
    return explained(path, "opening it", async () => {
      mkdirSync(path, { recursive: true });
      refuseOldStore(path);
      return new EmbeddedStore(path);
    });
  }

  async createCollection(spec: CollectionSpec, { keep = false }: CreateOptions = {}): Promise<void> {
    if (!COLLECTION_NAME.test(spec.name))
      throw new TermduetError("usage", `${spec.name} is no name for a collection`);
    if (keep && (await this.collections()).includes(spec.name)) return;
    await this.#close(spec.name);
    await explained(this.#path, `creating ${spec.name}`, async () => {
      removeIndexes(this.#path, spec.name);
      createRows(this.#path, spec);
      // The description last: what it does not name is not there.
      writeJsonFile(this.#specFile(), { ...readJsonFile(this.#specFile()), [spec.name]: spec });
    });
  }

  async dropCollection(name: string): Promise<void> {
    await this.#close(name);
    if (!(await this.collections()).includes(name)) return;
    await explained(this.#path, `dropping ${name}`, async () => {
      writeJsonFile(this.#specFile(), this.#without(this.#specFile(), name));
      removeIndexes(this.#path, name);
      removeRows(this.#path, name);
    });
  }

  async collections(): Promise<string[]> {
    return Object.keys(readJsonFile(this.#specFile())).sort();
  }

  async writeBlock(collection: string, block: Block): Promise<void> {
    await this.with(collection, `writing ${collection}`, (c) => c.writeBlock(block));
  }

  async finishCollection(collection: string, onProgress?: OnProgress): Promise<void> {
    await this.with(collection, `indexing ${collection}`, (c) => c.buildIndexes(onProgress));
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
    call: (collection: EmbeddedCollection) => Promise<T>,
  ): Promise<T> {
    const collection = await this.collection(name);
    return explained(this.#path, doing, () => call(collection));
  }

  protected override collection(name: string): Promise<EmbeddedCollection> {
    const known = this.#open.get(name);
    if (known) return known;
    const opening = this.#openCollection(name);
    this.#open.set(name, opening);
    opening.catch(() => this.#open.delete(name));
    return opening;
  }

  async #openCollection(name: string): Promise<EmbeddedCollection> {
    const spec = readJsonFile(this.#specFile())[name] as CollectionSpec | undefined;
    if (!spec)
      throw new TermduetError(
        "not-found",
        `there is no collection ${name} in ${this.url}; ingest a release first`,
      );
    return explained(this.#path, `opening ${name}`, async () => EmbeddedCollection.open(this.#path, spec));
  }

  async #close(name: string): Promise<void> {
    const opened = this.#open.get(name);
    this.#open.delete(name);
    (await opened?.catch(() => undefined))?.close();
  }
}

/** Stores of versions before 0.2 have their indexes in tables of LanceDB. */
function refuseOldStore(path: string): void {
  if (existsSync(join(path, "tables")))
    throw new TermduetError(
      "incompatible",
      `${path} was made by Termduet 0.1: convert it once with termduet upgrade --store lancedb:${path}`,
    );
}
