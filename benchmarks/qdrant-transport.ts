/**
 * Round trips of one search through Qdrant's own client and through ours, against the same server and collection:
 * `node benchmarks/qdrant-transport.ts http://127.0.0.1:6333`. Prints milliseconds.
 */
import { QdrantClient as OfficialClient } from "@qdrant/js-client-rest";
import { openStore } from "../src/vector-store/open-store.ts";
import { clusteredVectors, disturbed } from "../tests/support/random-vectors.ts";

const [origin = "http://127.0.0.1:6333"] = process.argv.slice(2);
const [count, dimension, rounds] = [5000, 384, 300];
const name = "transport__benchmark";

await using store = await openStore(`qdrant+${origin}?index-from=1000`);
const vectors = clusteredVectors(count, dimension, 1);
const queries = disturbed(vectors, rounds, dimension);
const query = (i: number): Float32Array => queries.slice(i * dimension, (i + 1) * dimension);
const ids = Array.from({ length: count }, (_, i) => String(i));
await store.createCollection({ name, dimension, fields: {} });
await store.writeBlock(name, { number: 0, firstOrdinal: 0, ids, fields: {}, vectors });
await store.finishCollection(name);

const official = new OfficialClient({ url: origin, checkCompatibility: false });
const params = { hnsw_ef: 128, quantization: { rescore: true, oversampling: 2 } };
const ways: Record<string, (i: number) => Promise<unknown>> = {
  "@qdrant/js-client-rest": (i) =>
    official.query(name, { query: Array.from(query(i)), limit: 116, params, with_payload: ["id"] }),
  "src/vector-store/qdrant": (i) => store.search(name, query(i), { limit: 100 }),
};
for (const [way, search] of Object.entries(ways)) {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const started = performance.now();
    await search(i);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => times[Math.floor(share * times.length)]!.toFixed(1);
  console.log(
    `${way}: p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)} ms (${rounds} searches, ${dimension}-d)`,
  );
}
await store.dropCollection(name);
