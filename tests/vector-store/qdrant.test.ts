import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cosine } from "../../src/vector-store/exact-cosine.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { type FoundQdrant, findQdrant, withoutQdrant } from "../support/qdrant-server.ts";
import { clusteredVectors, disturbed } from "../support/random-vectors.ts";
import { storeContract } from "./store-contract.ts";

if (withoutQdrant) test.skip(`a real Qdrant (${withoutQdrant})`, () => undefined);
else {
  let server: FoundQdrant;
  // The contract's collections are small: they are indexed all the same, so that the index is what is tested.
  const open = (): Promise<VectorStore> => openStore(`qdrant+${server.origin}?index-from=500`);

  beforeAll(async () => {
    server = await findQdrant();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  storeContract("Qdrant", open);

  describe("Qdrant's codes", () => {
    const [count, dimension] = [6000, 96];
    const data = clusteredVectors(count, dimension, 5);
    const queries = disturbed(data, 20, dimension);
    const row = (rows: Float32Array, i: number): Float32Array =>
      rows.slice(i * dimension, (i + 1) * dimension);

    test.each(["none", "int8", "turbo", "binary"])(
      "of kind %s choose candidates and never a cosine",
      async (quantization) => {
        await using store = await openStore(
          `qdrant+${server.origin}?index-from=100&quantization=${quantization}`,
        );
        const name = `codes__${quantization}`;
        await store.createCollection({ name, dimension, fields: { bucket: "integer" } });
        const ids = Array.from({ length: count }, (_, i) => String(i));
        const fields = { bucket: ids.map(Number) };
        await store.writeBlock(name, { number: 0, firstOrdinal: 0, ids, fields, vectors: data });
        await store.finishCollection(name);
        const found = await store.search(name, queries, { limit: 10 });
        let common = 0;
        for (const [i, hits] of found.entries()) {
          const query = row(queries, i);
          for (const hit of hits) expect(hit.cosine).toBeCloseTo(cosine(query, row(data, hit.ordinal)), 6);
          const [truth] = await store.search(name, query, { limit: 10, exact: true });
          const wanted = new Set(truth!.map((hit) => hit.ordinal));
          common += hits.filter((hit) => wanted.has(hit.ordinal)).length;
        }
        // Binary codes of so few dimensions say little; their place is in collections of long vectors.
        expect(common / (found.length * 10)).toBeGreaterThanOrEqual(quantization === "binary" ? 0.8 : 0.98);
        await store.dropCollection(name);
      },
    );
  });
}
