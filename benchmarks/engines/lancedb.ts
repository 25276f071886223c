import type { Index, Table } from "@lancedb/lancedb";
import type { Engine } from "./engine.ts";

interface Settings {
  index: (made: typeof Index) => Index;
  candidates: number;
  probes?: number;
  /** Of a graph: candidates kept while it is walked. */
  ef?: number;
}

const BATCH = 20_000;

/** LanceDB of the development dependencies. */
export function lancedb({ index, candidates, probes, ef }: Settings): Engine {
  const open = async (folder: string): Promise<Table> => {
    const { connect } = await import("@lancedb/lancedb");
    return (await connect(folder)).openTable("vectors");
  };
  return {
    async build({ vectors, dimension, count }, folder) {
      const lance = await import("@lancedb/lancedb");
      const batchOf = (from: number): { row: number; vector: number[] }[] =>
        Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => ({
          row: from + i,
          vector: Array.from(vectors.subarray((from + i) * dimension, (from + i + 1) * dimension)),
        }));
      const connection = await lance.connect(folder);
      const table = await connection.createTable("vectors", batchOf(0));
      for (let from = BATCH; from < count; from += BATCH) await table.add(batchOf(from));
      await table.optimize();
      await table.createIndex("vector", { config: index(lance.Index), waitTimeoutSeconds: 3600 });
    },
    async open(folder) {
      const table = await open(folder);
      return {
        async candidates(query) {
          let asked = table.vectorSearch(query).distanceType("cosine").limit(candidates).select(["row"]);
          if (probes) asked = asked.nprobes(probes);
          if (ef) asked = asked.ef(ef);
          const found = await asked.toArrow();
          return Array.from(found.getChild("row")!, Number);
        },
        close: () => table.close(),
      };
    },
  };
}
