import type { Engine } from "./engine.ts";
import { lancedb } from "./lancedb.ts";
import { own } from "./own.ts";
import { usearch } from "./usearch.ts";
import { zvec } from "./zvec.ts";

/** All that stand for election, by name, for `count` rows. `load` gives a package that is no dependency of ours. */
export function engines(count: number, load: (name: string) => Promise<unknown>): Record<string, Engine> {
  const partitions = 2 ** Math.round(Math.log2(Math.sqrt(count)));
  return {
    own,
    "lancedb-rq1": lancedb({
      index: (made) => made.ivfRq({ numPartitions: partitions, distanceType: "cosine" }),
      candidates: 400,
      probes: Math.ceil(partitions / 3),
    }),
    "lancedb-rq4": lancedb({
      index: (made) => made.ivfRq({ numPartitions: 2 * partitions, numBits: 4, distanceType: "cosine" }),
      candidates: 200,
      probes: Math.ceil(partitions / 4),
    }),
    "lancedb-rq5": lancedb({
      index: (made) => made.ivfRq({ numPartitions: 4 * partitions, numBits: 5, distanceType: "cosine" }),
      candidates: 150,
      probes: Math.ceil(partitions / 2),
    }),
    "lancedb-hnsw-sq": lancedb({
      index: (made) => made.hnswSq({ numPartitions: 1, m: 16, efConstruction: 128, distanceType: "cosine" }),
      candidates: 200,
      ef: 300,
    }),
    "usearch-i8": usearch(load, "i8", 200, 300),
    "usearch-f16": usearch(load, "f16", 120, 300),
    "zvec-hnsw-int8": zvec(load, "HNSW", 200, 300),
    "zvec-hnsw-rabitq": zvec(load, "HNSW_RABITQ", 200, 300),
  };
}
