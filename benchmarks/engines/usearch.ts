import { join } from "node:path";
import type { Engine } from "./engine.ts";

interface Usearch {
  Index: new (
    dimensions: number,
    metric: string,
    quantization: string,
    connectivity: number,
    expansionAdd: number,
    expansionSearch: number,
  ) => {
    add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
    search(query: Float32Array, k: number, threads: number): { keys: BigUint64Array };
    save(path: string): void;
    view(path: string): void;
  };
}

const LINKS = 16;
const BATCH = 10_000;

/** A graph over quantized rows, whose file is looked into where it lies. */
export function usearch(
  load: (name: string) => Promise<unknown>,
  quantization: "i8" | "f16",
  candidates: number,
  ef: number,
): Engine {
  const made = async (dimension: number) => {
    const loaded = (await load("usearch")) as Usearch & { default?: Usearch };
    const { Index } = loaded.default ?? loaded;
    return new Index(dimension, "ip", quantization, LINKS, 128, ef);
  };
  return {
    async build({ vectors, dimension, count }, folder) {
      const index = await made(dimension);
      for (let from = 0; from < count; from += BATCH) {
        const to = Math.min(count, from + BATCH);
        const keys = BigUint64Array.from({ length: to - from }, (_, i) => BigInt(from + i));
        index.add(keys, vectors.subarray(from * dimension, to * dimension), 0);
      }
      index.save(join(folder, "graph"));
    },
    async open(folder, { dimension }) {
      const index = await made(dimension);
      index.view(join(folder, "graph"));
      return {
        candidates: async (query) => Array.from(index.search(query, candidates, 1).keys, Number),
        close: () => undefined,
      };
    },
  };
}
