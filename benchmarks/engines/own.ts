import { join } from "node:path";
import { CodeScanner } from "../../src/vector-store/embedded/code-scanner.ts";
import { codesScanned } from "../../src/vector-store/embedded/index-plan.ts";
import { loadCodes } from "../../src/vector-store/embedded/partitioned-codes.ts";
import { VectorIndex } from "../../src/vector-store/embedded/vector-index.ts";
import { VectorRows } from "../../src/vector-store/embedded/vector-rows.ts";
import type { Engine } from "./engine.ts";

/** The embedded engine: partitions of 1-bit codes, so many candidates of those that were looked at. */
export function own(candidates: number): Engine {
  return {
    async build({ vectors, dimension, count }, folder) {
      const rows = join(folder, "vectors");
      VectorRows.create(rows);
      using written = VectorRows.open(rows, dimension);
      const ids = Array.from({ length: count }, (_, i) => String(i));
      written.write(0, ids, vectors);
      await VectorIndex.make({ rows, codes: join(folder, "codes"), dimension, count }, () => undefined);
    },
    async open(folder, { count }) {
      const scanner = new CodeScanner(loadCodes(join(folder, "codes"), 1), 0);
      const scanned = codesScanned(count);
      return {
        candidates: async (query) => scanner.candidates(query, candidates, scanned),
        close: () => undefined,
      };
    },
  };
}
