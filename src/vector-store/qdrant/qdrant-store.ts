import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { CollectionsStore } from "../collections-store.ts";
import type { Block, CollectionSpec, CreateOptions, VectorStore, WriteOptions } from "../vector-store.ts";
import { COLLECTION_NAME } from "../vector-store.ts";
import { CopiedCollections } from "./copied-collections.ts";
import { QdrantClient } from "./qdrant-client.ts";
import { QdrantCollection } from "./qdrant-collection.ts";
import { RECORDS, ServerRecords } from "./server-records.ts";
import { parseQdrantUrl, type StoreSettings } from "./store-settings.ts";

/** `text_any`, weighted order of scrolls and queues of updates are as we use them from here on. */
const OLDEST: readonly [number, number] = [1, 17];

/** The distributed store: a Qdrant, of one node or many. Any number of processes may write and read. */
export class QdrantStore extends CollectionsStore<QdrantCollection> implements VectorStore {
  readonly url: string;
  readonly parallel = true;
  readonly copies: CopiedCollections;
  readonly #client: QdrantClient;
  readonly #records: ServerRecords;
  readonly #settings: StoreSettings;
  readonly #open = new Map<string, Promise<QdrantCollection>>();

  private constructor(client: QdrantClient, settings: StoreSettings) {
    super();
    this.url = client.shown;
    this.#client = client;
    this.#settings = settings;
    this.#records = new ServerRecords(client, settings);
    this.copies = new CopiedCollections(
      client,
      settings,
      (name) => this.dropCollection(name),
      async (name) => (await this.collection(name)).spec,
    );
  }

  /** Errors: `usage` for a URL that is none, `unavailable` and `incompatible` for a server that can't be used. */
  static async open(url: string, environment: NodeJS.ProcessEnv = process.env): Promise<QdrantStore> {
    const address = parseQdrantUrl(url, environment);
    const client = new QdrantClient(address);
    try {
      await client.check(OLDEST);
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
    return new QdrantStore(client, address.settings);
  }

  async createCollection(spec: CollectionSpec, { keep = false }: CreateOptions = {}): Promise<void> {
    if (!COLLECTION_NAME.test(spec.name) || spec.name === RECORDS)
      throw new TermduetError("usage", `${spec.name} is no name for a collection`);
    const exists = (await this.collections()).includes(spec.name);
    if (exists && !keep) await this.dropCollection(spec.name);
    this.#open.delete(spec.name);
    await QdrantCollection.create(this.#client, spec, this.#settings);
  }

  async dropCollection(name: string): Promise<void> {
    this.#open.delete(name);
    const doing = `dropping ${name}`;
    // A collection that is not there is dropped already: the server says so with `false`.
    await this.#client.call({ method: "DELETE", path: `/collections/${name}`, doing, writes: true });
    await QdrantCollection.forgetWords(this.#records, name);
  }

  async collections(): Promise<string[]> {
    const path = "/collections";
    const { collections } = await this.#client.call<{ collections: { name: string }[] }>({
      method: "GET",
      path,
      doing: "listing collections",
    });
    return collections
      .map(({ name }) => name)
      .filter((name) => name !== RECORDS)
      .sort();
  }

  async writeBlock(collection: string, block: Block, options: WriteOptions = {}): Promise<void> {
    await this.with(collection, `writing ${collection}`, (c) => c.writeBlock(block, options));
  }

  async finishCollection(collection: string, onProgress?: OnProgress): Promise<void> {
    await this.with(collection, `indexing ${collection}`, (c) => c.finish(onProgress));
  }

  async aliases(): Promise<Record<string, string>> {
    const { aliases } = await this.#client.call<{
      aliases: { alias_name: string; collection_name: string }[];
    }>({
      method: "GET",
      path: "/aliases",
      doing: "reading aliases",
    });
    return Object.fromEntries(aliases.map((a) => [a.alias_name, a.collection_name]));
  }

  async switchAliases(changes: Readonly<Record<string, string | null>>): Promise<void> {
    // The server carries actions out one by one until one fails: what would fail is looked for first.
    const [names, known] = [new Set(await this.collections()), await this.aliases()];
    const actions: object[] = [];
    for (const [alias_name, collection_name] of Object.entries(changes)) {
      if (collection_name !== null && !names.has(collection_name)) {
        throw new TermduetError(
          "not-found",
          `alias ${alias_name} can't name ${collection_name}: there is no such collection`,
        );
      }
      if (alias_name in known) actions.push({ delete_alias: { alias_name } });
      if (collection_name !== null) actions.push({ create_alias: { alias_name, collection_name } });
    }
    const path = "/collections/aliases";
    await this.#client.call({
      method: "POST",
      path,
      body: { actions },
      doing: "switching aliases",
      writes: true,
    });
  }

  async metadata(): Promise<Record<string, unknown>> {
    return Object.fromEntries(await this.#records.all("metadata"));
  }

  async putMetadata(key: string, value: unknown): Promise<void> {
    await this.#records.put("metadata", key, value);
  }

  async deleteMetadata(key: string): Promise<void> {
    await this.#records.delete("metadata", [key]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
  }

  protected override async with<T>(
    name: string,
    _doing: string,
    call: (collection: QdrantCollection) => Promise<T>,
  ): Promise<T> {
    try {
      return await call(await this.collection(name));
    } catch (error) {
      if (!(error instanceof TermduetError && error.code === "not-found")) throw error;
      this.#open.delete(name);
      throw new TermduetError(
        "not-found",
        `there is no collection ${name} in ${this.url}; ingest a release first`,
        { cause: error },
      );
    }
  }

  protected override collection(name: string): Promise<QdrantCollection> {
    const known = this.#open.get(name);
    if (known) return known;
    const opening = QdrantCollection.open(this.#client, this.#records, name, this.#settings);
    this.#open.set(name, opening);
    opening.catch(() => this.#open.delete(name));
    return opening;
  }
}
