/**
 * Loads synthetic vectors into a Qdrant, indexes and searches them; one line of JSON for each size.
 * `node benchmarks/qdrant-load.ts qdrant+http://127.0.0.1:6333 --counts 50000,100000,200000 --dimension 1024
 *  [--storage PATH --pid PID]`: with the path and the process of the server also its disk and memory.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openStore } from "../src/vector-store/open-store.ts";
import type { Block } from "../src/vector-store/vector-store.ts";
import { seeded } from "../tests/support/random-vectors.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    counts: { type: "string", default: "10000,20000,40000" },
    dimension: { type: "string", default: "1024" },
    storage: { type: "string" },
    pid: { type: "string" },
  },
});
const dimension = Number(values.dimension);
const PER_BLOCK = 10_000;
const CENTRES = 500;
const QUERIES = 200;

/** Unit vectors around common centres, fast enough not to be what is measured. */
class Clustered {
  readonly #random = seeded(7);
  readonly #centres: Float32Array[] = [];

  constructor() {
    for (let c = 0; c < CENTRES; c++)
      this.#centres.push(Float32Array.from({ length: dimension }, () => this.#noise()));
  }

  rows(count: number, spread = 0.7): Float32Array {
    const rows = new Float32Array(count * dimension);
    for (let i = 0; i < count; i++) {
      const centre = this.#centres[Math.floor(this.#random() * CENTRES)]!;
      let squares = 0;
      for (let d = 0; d < dimension; d++) {
        const value = centre[d]! + spread * this.#noise();
        rows[i * dimension + d] = value;
        squares += value * value;
      }
      const length = Math.sqrt(squares);
      for (let d = 0; d < dimension; d++) rows[i * dimension + d]! /= length;
    }
    return rows;
  }

  #noise(): number {
    return this.#random() + this.#random() + this.#random() - 1.5;
  }
}

function block(number: number, count: number, source: Clustered): Block {
  const firstOrdinal = number * PER_BLOCK;
  const ids = Array.from(
    { length: count },
    (_, i) => `00000000-0000-5000-8000-${String(firstOrdinal + i).padStart(12, "0")}`,
  );
  const every = (n: number, name: string): string[][] => ids.map((_, i) => [`${name}${i % n}`]);
  const fields = {
    bucket: ids.map((_, i) => firstOrdinal + i),
    sab: every(40, "S"),
    lat: every(12, "L"),
    tty: every(60, "T"),
    sty: every(127, "T"),
    cui: ids.map((_, i) => [`C${Math.floor((firstOrdinal + i) / 3)}`]),
    above: ids.map((_, i) =>
      Array.from({ length: 8 }, (_, level) => `C${Math.floor((firstOrdinal + i) / 4 ** level)}`),
    ),
  };
  return { number, firstOrdinal, ids, fields, vectors: source.rows(count) };
}

function diskOf(path: string): number {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  // Blocks that are there, not lengths: the server's files are sparse.
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + 512 * statSync(join(parentPath, name)).blocks, 0);
}

function memoryOf(pid: string): { anonymous: number; resident: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = (key: string): number => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return { anonymous: kilobytes("RssAnon") / 1000, resident: kilobytes("VmRSS") / 1000 };
}

await using store = await openStore(positionals[0] ?? "qdrant+http://127.0.0.1:6333");
for (const count of values.counts.split(",").map(Number)) {
  const source = new Clustered();
  const name = `load__${count}`;
  const fields = {
    bucket: "integer",
    sab: "keywords",
    lat: "keywords",
    tty: "keywords",
    sty: "keywords",
    cui: "keywords",
    above: "keywords",
  } as const;
  await store.createCollection({ name, dimension, fields });
  let writeMs = 0;
  for (let number = 0; number * PER_BLOCK < count; number++) {
    const next = block(number, Math.min(PER_BLOCK, count - number * PER_BLOCK), source);
    const started = performance.now();
    await store.writeBlock(name, next);
    writeMs += performance.now() - started;
  }
  const started = performance.now();
  await store.finishCollection(name);
  const indexMs = performance.now() - started;
  const queries = source.rows(QUERIES);
  const query = (i: number): Float32Array => queries.slice(i * dimension, (i + 1) * dimension);
  const times: number[] = [];
  let found = 0;
  for (let i = 0; i < QUERIES; i++) {
    const before = performance.now();
    const [hits] = await store.search(name, query(i), { limit: 10 });
    times.push(performance.now() - before);
    if (i >= 50) continue;
    const [truth] = await store.search(name, query(i), { limit: 10, exact: true });
    const ids = new Set(truth!.map((hit) => hit.id));
    found += hits!.filter((hit) => ids.has(hit.id)).length;
  }
  times.sort((a, b) => a - b);
  const round = (number: number): number => Math.round(number * 100) / 100;
  console.log(
    JSON.stringify({
      count,
      dimension,
      pointsPerSecond: Math.round((1000 * count) / writeMs),
      indexSeconds: round(indexMs / 1000),
      recallAt10: found / 500,
      p50: round(times[QUERIES / 2]!),
      p99: round(times[Math.floor(0.99 * QUERIES)]!),
      ...(values.storage ? { diskMB: Math.round(diskOf(values.storage) / 1e6) } : {}),
      ...(values.pid ? memoryOf(values.pid) : {}),
    }),
  );
  await store.dropCollection(name);
}
