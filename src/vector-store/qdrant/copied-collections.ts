import { isDeepStrictEqual } from "node:util";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { Block, BlockChanges, CollectionCopies, CollectionSpec } from "../vector-store.ts";
import { countPoints } from "./count-points.ts";
import { OrderedPoints } from "./ordered-points.ts";
import { DIGEST, payloadText } from "./payload.ts";
import type { QdrantClient } from "./qdrant-client.ts";
import { QdrantCollection } from "./qdrant-collection.ts";
import { type CollectionInfo, collectionInfo, untilReady } from "./settled-collection.ts";
import type { StoreSettings } from "./store-settings.ts";
import { deletePoints, uploadBlock } from "./upload-block.ts";
import { checkProbes, PROBE } from "./vector-probe.ts";

const PAGE = 8192;
const VECTORS_PER_CALL = 1024;

/**
 * Copies of collections on a server of one node: each shard's snapshot is streamed from the old collection into the new, with its
 * graph and its indexes. Records are compared by their keys and by digests of what is stored with them.
 */
export class CopiedCollections implements CollectionCopies {
  readonly #client: QdrantClient;
  readonly #settings: StoreSettings;
  readonly #drop: (name: string) => Promise<void>;
  readonly #specOf: (name: string) => Promise<CollectionSpec>;

  /** `specOf` gives the spec of a collection as the server has it. */
  constructor(
    client: QdrantClient,
    settings: StoreSettings,
    drop: (name: string) => Promise<void>,
    specOf: (name: string) => Promise<CollectionSpec>,
  ) {
    this.#client = client;
    this.#settings = settings;
    this.#drop = drop;
    this.#specOf = specOf;
  }

  async begin(from: string, spec: CollectionSpec): Promise<boolean> {
    const shards = await this.#ownShards(from);
    if (!shards || !(await this.#hasDigests(from))) return false;
    await this.#drop(spec.name);
    try {
      if (await this.#copy(from, shards, spec)) return true;
    } catch (error) {
      // A server that can't or may not copy can be filled; one whose disk is full can't.
      if (!(error instanceof TermduetError) || error.code === "no-space") {
        await this.#drop(spec.name);
        throw error;
      }
    }
    await this.#drop(spec.name);
    return false;
  }

  async compare(collection: string, block: Block): Promise<BlockChanges> {
    const spec = await this.#specOf(collection);
    const keys = keysOf(block);
    const rows = new Map(keys.of.map((key, row) => [key, row]));
    const changed: number[] = [];
    const gone: number[] = [];
    const points = new OrderedPoints(this.#client, collection);
    const options = { conditions: [], payload: ["id", DIGEST, PROBE] };
    const held = new Map<number, number | undefined>();
    for await (const page of points.byRow<Compared>(options, PAGE, keys.from)) {
      for (const { id: key, payload } of page) {
        if (key >= keys.to) break;
        const row = rows.get(key);
        if (row === undefined) gone.push(key);
        else if (payload.id === block.ids[row]) {
          rows.delete(key);
          held.set(key, payload.probe);
          if (payload.digest !== payloadText(spec, block, row).digest) changed.push(row);
        }
      }
      if (page.at(-1)!.id >= keys.to) break;
    }
    // What a snapshot brought was on a disk for months: a vector that has changed there must not go on to the next release.
    if (spec.dimension !== undefined) await checkProbes(this.#client, collection, spec.dimension, held);
    return { missing: [...rows.values()], changed, gone };
  }

  async amend(collection: string, block: Block, { missing, changed, gone }: BlockChanges): Promise<void> {
    const spec = await this.#specOf(collection);
    await untilReady(this.#client, collection);
    await deletePoints(this.#client, collection, gone);
    const rows = rowsOf(block, [...missing, ...changed]);
    if (spec.dimension === undefined) return uploadBlock(this.#client, spec, rows);
    // Whole points are written many at a time; a payload alone is an update of its own, and took the server twice as long.
    const vectors = new Float32Array(rows.ids.length * spec.dimension);
    vectors.set(block.vectors!);
    const held = await this.#vectorsOf(collection, rows.keys!.of.slice(missing.length));
    for (const [i, vector] of held.entries()) vectors.set(vector, (missing.length + i) * spec.dimension);
    await uploadBlock(this.#client, spec, { ...rows, vectors });
  }

  /** Vectors of points, in the order of their ids given. */
  async #vectorsOf(collection: string, ids: readonly number[]): Promise<readonly number[][]> {
    const found = new Map<number, number[]>();
    for (let start = 0; start < ids.length; start += VECTORS_PER_CALL) {
      const points = await this.#client.call<{ id: number; vector: number[] }[]>({
        method: "POST",
        path: `/collections/${collection}/points`,
        body: { ids: ids.slice(start, start + VECTORS_PER_CALL), with_payload: false, with_vector: true },
        doing: `reading ${collection}`,
      });
      for (const { id, vector } of points) found.set(id, vector);
    }
    return ids.map((id) => found.get(id)!);
  }

  async #copy(from: string, shards: readonly number[], spec: CollectionSpec): Promise<boolean> {
    const source = await collectionInfo(this.#client, from);
    const { shards: wanted = shards.length } = this.#settings;
    if (wanted !== shards.length) return false;
    await QdrantCollection.create(this.#client, spec, { ...this.#settings, shards: wanted }, source);
    if (!isAlike(source, await collectionInfo(this.#client, spec.name))) return false;
    for (const shard of shards) {
      const path = (collection: string): string => `/collections/${collection}/shards/${shard}`;
      const upload = `${path(spec.name)}/snapshots/upload?priority=snapshot&wait=true`;
      await this.#client.forward(`${path(from)}/snapshot`, upload, "snapshot", `copying ${from}`);
    }
    const [before, after] = await Promise.all(
      [from, spec.name].map((name) => countPoints(this.#client, name)),
    );
    return before === after;
  }

  /** The shards of a collection, where all of them are on the node that is asked and nowhere else. */
  async #ownShards(name: string): Promise<number[] | undefined> {
    const { local_shards: own, remote_shards: others } = await this.#client.call<{
      local_shards: { shard_id: number; state: string }[];
      remote_shards: unknown[];
    }>({ method: "GET", path: `/collections/${name}/cluster`, doing: `looking at ${name}` });
    const isWhole = others.length === 0 && own.every(({ state }) => state === "Active");
    return isWhole ? own.map((shard) => shard.shard_id) : undefined;
  }

  /** Records of earlier versions have none, and would all count as changed. */
  async #hasDigests(name: string): Promise<boolean> {
    const points = new OrderedPoints(this.#client, name);
    for await (const [point] of points.byRow<{ digest?: string }>({ conditions: [], payload: [DIGEST] }, 1))
      return point?.payload.digest !== undefined;
    return false;
  }
}

interface Compared {
  id: string;
  digest?: string;
  probe?: number;
}

/** Whether what one collection's segments hold suits the other. */
function isAlike(a: CollectionInfo, b: CollectionInfo): boolean {
  const types = ({ payload_schema }: CollectionInfo): Record<string, string> =>
    Object.fromEntries(Object.entries(payload_schema).map(([key, { data_type }]) => [key, data_type]));
  return isDeepStrictEqual(a.config.params, b.config.params) && isDeepStrictEqual(types(a), types(b));
}

function keysOf({ keys, number }: Block): NonNullable<Block["keys"]> {
  if (keys) return keys;
  throw new TermduetError("internal", `block ${number} has no keys to compare it by`);
}

/** Some records of a block; its vectors are theirs already. */
function rowsOf(block: Block, rows: readonly number[]): Block {
  const some = <T>(values: readonly T[]): T[] => rows.map((row) => values[row]!);
  const keys = keysOf(block);
  const fields = Object.entries(block.fields).map(([name, values]) => [name, some(values)]);
  return {
    ...block,
    ids: some(block.ids),
    keys: { ...keys, of: some(keys.of) },
    fields: Object.fromEntries(fields),
    ...(block.bodies ? { bodies: some(block.bodies) } : {}),
  };
}
