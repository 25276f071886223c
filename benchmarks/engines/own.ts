import { join } from "node:path";
import { codesScanned } from "../../src/vector-store/embedded/index-plan.ts";
import { NearestVectors } from "../../src/vector-store/embedded/nearest-vectors.ts";
import { loadCodes } from "../../src/vector-store/embedded/partitioned-codes.ts";
import { VectorIndex } from "../../src/vector-store/embedded/vector-index.ts";
import { VectorRows } from "../../src/vector-store/embedded/vector-rows.ts";
import type { Engine } from "./engine.ts";

const LIMIT = 100;

/** The embedded engine, in the calling thread. */
export const own: Engine = {
  async build({ vectors, dimension, count }, folder) {
    const rows = join(folder, "rows");
    VectorRows.create(rows);
    using written = VectorRows.open(rows, dimension);
    const ids = Array.from({ length: count }, (_, i) => String(i));
    written.write(0, ids, vectors);
    await VectorIndex.make({ rows, codes: join(folder, "codes"), dimension, count }, () => undefined);
  },
  async open(folder, { dimension, count }) {
    const codes = loadCodes(join(folder, "codes"), 1);
    const seen = VectorRows.seenRows(dimension, count);
    const nearest = new NearestVectors({ rows: join(folder, "rows"), dimension, count, codes, seen }, 0);
    const scanned = codesScanned(count);
    return {
      compared: true,
      async candidates(queries) {
        const [found] = nearest.search({ kind: "search", source: 0, queries, limit: LIMIT, scanned });
        return found!.rows;
      },
      close: () => nearest[Symbol.dispose](),
    };
  },
};
