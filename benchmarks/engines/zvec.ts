import { join } from "node:path";
import type { Engine } from "./engine.ts";

interface Collection {
  insertSync(docs: object[]): unknown;
  optimizeSync(): void;
  query(asked: object): Promise<{ id: string }[]>;
  closeSync(): void;
}

interface Zvec {
  ZVecCollectionSchema: new (schema: object) => object;
  ZVecCreateAndOpen(path: string, schema: object): Collection;
  ZVecOpen(path: string, options?: object): Collection;
  ZVecDataType: Record<string, number>;
  ZVecIndexType: Record<string, number>;
  ZVecMetricType: Record<string, number>;
  ZVecQuantizeType: Record<string, number>;
}

const BATCH = 1000;

/** Alibaba's zvec with a graph over int8 rows, or over codes of RaBitQ. */
export function zvec(
  load: (name: string) => Promise<unknown>,
  index: "HNSW" | "HNSW_RABITQ",
  candidates: number,
  ef: number,
): Engine {
  return {
    async build({ vectors, dimension, count }, folder) {
      const z = (await load("@zvec/zvec")) as Zvec;
      const params = {
        indexType: z.ZVecIndexType[index]!,
        metricType: z.ZVecMetricType["IP"]!,
        m: 16,
        efConstruction: 128,
        ...(index === "HNSW" ? { quantizeType: z.ZVecQuantizeType["INT8"]! } : { totalBits: 5 }),
      };
      const vector = { name: "v", dataType: z.ZVecDataType["VECTOR_FP32"]!, dimension, indexParams: params };
      const schema = new z.ZVecCollectionSchema({ name: "rows", vectors: vector });
      const collection = z.ZVecCreateAndOpen(join(folder, "zvec"), schema);
      for (let from = 0; from < count; from += BATCH) {
        const docs = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => {
          const at = (from + i) * dimension;
          return { id: String(from + i), vectors: { v: vectors.subarray(at, at + dimension) } };
        });
        collection.insertSync(docs);
      }
      collection.optimizeSync();
      collection.closeSync();
    },
    async open(folder) {
      const z = (await load("@zvec/zvec")) as Zvec;
      const collection = z.ZVecOpen(join(folder, "zvec"), { readOnly: true });
      const params = { indexType: z.ZVecIndexType[index]!, ef };
      return {
        async candidates(vector) {
          const found = await collection.query({ fieldName: "v", topk: candidates, vector, params });
          return found.map(({ id }) => Number(id));
        },
        close: () => collection.closeSync(),
      };
    },
  };
}
