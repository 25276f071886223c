import { createHash } from "node:crypto";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { QdrantClient } from "./qdrant-client.ts";
import type { StoreSettings } from "./store-settings.ts";

/** The collection of our own small documents; it is hidden from those who list collections. */
export const RECORDS = "termduet_records";

const PAGE = 64;

interface RecordPayload {
  kind: string;
  key: string;
  value: string;
}

/**
 * Small JSON documents of ours in a collection without vectors: release records, and the words of each collection of
 * strings. Each is a point of its own, so that writers of different records never meet.
 */
export class ServerRecords {
  readonly #client: QdrantClient;
  readonly #settings: StoreSettings;

  constructor(client: QdrantClient, settings: StoreSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** All records of a kind, by key; none while nothing was ever put. */
  async all(kind: string): Promise<Map<string, unknown>> {
    const found = new Map<string, unknown>();
    for (let offset: unknown = null; ; ) {
      const page = await this.#page(kind, offset);
      for (const { payload } of page?.points ?? []) found.set(payload.key, JSON.parse(payload.value));
      offset = page?.next_page_offset;
      if (offset === null || offset === undefined) return found;
    }
  }

  async put(kind: string, key: string, value: unknown): Promise<void> {
    const point = {
      id: pointId(kind, key),
      vector: {},
      payload: { kind, key, value: JSON.stringify(value) },
    };
    const write = (): Promise<unknown> =>
      this.#client.call({
        method: "PUT",
        path: `/collections/${RECORDS}/points?wait=true`,
        body: { points: [point] },
        doing: `writing ${key}`,
        writes: true,
      });
    await unlessMissing(write, async () => {
      await this.#create();
      await write();
    });
  }

  async delete(kind: string, keys: readonly string[]): Promise<void> {
    const call = (): Promise<unknown> =>
      this.#client.call({
        method: "POST",
        path: `/collections/${RECORDS}/points/delete?wait=true`,
        body: { points: keys.map((key) => pointId(kind, key)) },
        doing: "removing records",
        writes: true,
      });
    await unlessMissing(call, async () => undefined);
  }

  #page(
    kind: string,
    offset: unknown,
  ): Promise<{ points: { payload: RecordPayload }[]; next_page_offset: unknown } | undefined> {
    return unlessMissing(
      () =>
        this.#client.call({
          method: "POST",
          path: `/collections/${RECORDS}/points/scroll`,
          body: { offset, limit: PAGE, filter: { must: [{ key: "kind", match: { value: kind } }] } },
          doing: "reading the records",
        }),
      async () => undefined,
    );
  }

  async #create(): Promise<void> {
    const { replicas, consistency } = this.#settings;
    const doing = `creating ${RECORDS}`;
    const body = {
      vectors: {},
      shard_number: 1,
      replication_factor: replicas,
      write_consistency_factor: consistency ?? Math.ceil(replicas / 2),
    };
    try {
      await this.#client.call({ method: "PUT", path: `/collections/${RECORDS}`, body, doing, writes: true });
    } catch (error) {
      if (!(error instanceof TermduetError && error.code === "conflict")) throw error; // another was faster
    }
    const index = { field_name: "kind", field_schema: "keyword" };
    const path = `/collections/${RECORDS}/index?wait=true`;
    await this.#client.call({ method: "PUT", path, body: index, doing, writes: true });
  }
}

async function unlessMissing<T>(call: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TermduetError && error.code === "not-found") return otherwise();
    throw error;
  }
}

function pointId(kind: string, key: string): string {
  const hex = createHash("sha256").update(`${kind}\0${key}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
