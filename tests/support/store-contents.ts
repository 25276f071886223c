import {
  activeReleases,
  definitionVectors,
  type ReleaseRecord,
} from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";

export interface StoreContents {
  record: ReleaseRecord;
  /** Body of every string, by id, in the order of rows. */
  strings: Map<string, string>;
  concepts: Map<string, string>;
  /** Bodies of the definitions, where an encoder knows them. */
  definitions: Map<string, string>;
  /** Vectors of each encoder by id, of strings and of definitions. */
  vectors: Map<string, Map<string, Float32Array>>;
}

/** Reads all that the active release of a store holds. */
export async function storeContents(store: VectorStore): Promise<StoreContents> {
  const [record] = await activeReleases(store);
  if (!record) throw new Error("the store holds no active release");
  const documents = async (collection: string, count: number): Promise<Map<string, string>> => {
    const all = await store.findByPrefix(collection, "id", "", count + 10);
    return new Map(all.sort((a, b) => a.ordinal - b.ordinal).map(({ id, body }) => [id, body]));
  };
  const vectors = new Map<string, Map<string, Float32Array>>();
  const { definitions } = record;
  const collections = [
    ...record.encoders.map(({ id, collection }) => [id, collection] as const),
    ...(definitions?.vectors ?? []).map(({ encoder, collection }) => {
      return [definitionVectors(encoder), collection] as const;
    }),
  ];
  for (const [id, collection] of collections) {
    const rows = new Map<string, Float32Array>();
    for await (const batch of store.scan(collection, "bucket", 0, 65_536))
      for (const row of batch) rows.set(row.id, row.vector);
    vectors.set(id, rows);
  }
  return {
    record,
    strings: await documents(record.strings, record.counts.strings),
    concepts: await documents(record.concepts, record.counts.concepts),
    definitions: definitions ? await documents(definitions.collection, definitions.count) : new Map(),
    vectors,
  };
}
