import { createHash } from "node:crypto";
import { openStore } from "../../../src/vector-store/open-store.ts";
import { collectionsOf, releaseRecords } from "../../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../../src/vector-store/vector-store.ts";

/** SHA-256 of all that a release holds, whatever its collections are called. */
async function releaseHash(store: VectorStore, dataset: string, release: string): Promise<string> {
  const record = (await releaseRecords(store)).find((r) => r.dataset === dataset && r.release === release);
  if (!record) return "absent";
  const hash = createHash("sha256");
  hash.update(JSON.stringify(record.counts));
  for (const { content, spec } of collectionsOf(record)) {
    hash.update(content);
    for await (const { ids, fields, bodies, vectors } of store.blocks(spec.name, 1000)) {
      hash.update(JSON.stringify([ids, fields, bodies]));
      if (vectors) hash.update(Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength));
    }
  }
  return hash.digest("hex");
}

export async function hashOfRelease(path: string, dataset: string, release: string): Promise<string> {
  await using store = await openStore(`lancedb:${path}`);
  return await releaseHash(store, dataset, release);
}
