/**
 * Loads synthetic vectors into a Qdrant as an ingest does, indexes and searches them; one line of JSON for each size, with
 * the server's disk and memory.
 *
 *     node benchmarks/qdrant-load.ts --counts 50000,100000 [--dimension 1024] [--storage FOLDER] [--settings "quantization=turbo"]
 *
 * Starts the `qdrant` program that is on the PATH, over a folder of its own below FOLDER, for each size.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cosine } from "../src/vector-store/exact-cosine.ts";
import { openStore } from "../src/vector-store/open-store.ts";
import { indexPlan } from "../src/vector-store/qdrant/index-plan.ts";
import { parseQdrantUrl } from "../src/vector-store/qdrant/store-settings.ts";
import type { Block, Filter, SearchHit, VectorStore } from "../src/vector-store/vector-store.ts";
import { QdrantProcess } from "../tests/support/qdrant-server.ts";
import { seeded } from "../tests/support/random-vectors.ts";

const { values: args } = parseArgs({
  options: {
    counts: { type: "string", default: "10000,20000,40000" },
    dimension: { type: "string", default: "1024" },
    storage: { type: "string", default: tmpdir() },
    settings: { type: "string", default: "" },
  },
});
const dimension = Number(args.dimension);
const PER_BLOCK = 10_000;
const CENTRES = 500;
const QUERIES = 200;
const JUDGED = 50;
const FILTERS: Record<string, Filter> = {
  none: {},
  sab: { sab: ["S3", "S5"] },
  lat: { lat: ["L1"] },
  sty: { sty: ["T7", "T47"] },
  above: { above: ["C1", "C2"] },
};

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

interface Usage {
  diskMB: number;
  /** The process's own memory, and what it has mapped of files, which the kernel may take back. */
  anonymousMB: number;
  mappedMB: number;
}

function usageOf(folder: string, pid: number): Usage {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  // Blocks that are there, not lengths: the server's files are sparse.
  const disk = entries
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + 512 * statSync(join(parentPath, name)).blocks, 0);
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (key: string): number =>
    Math.round((Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024) / 1e6);
  return {
    diskMB: Math.round(disk / 1e6),
    anonymousMB: megabytes("RssAnon"),
    mappedMB: megabytes("RssFile"),
  };
}

const NAME = "load__vectors";
const round = (number: number): number => Math.round(number * 100) / 100;

async function load(store: VectorStore, count: number, source: Clustered): Promise<number> {
  const fields = {
    bucket: "integer",
    sab: "keywords",
    lat: "keywords",
    tty: "keywords",
    sty: "keywords",
    cui: "keywords",
    above: "keywords",
  } as const;
  await store.createCollection({ name: NAME, dimension, fields });
  let ms = 0;
  for (let number = 0; number * PER_BLOCK < count; number++) {
    const next = block(number, Math.min(PER_BLOCK, count - number * PER_BLOCK), source);
    const started = performance.now();
    await store.writeBlock(NAME, next);
    ms += performance.now() - started;
  }
  return ms;
}

async function segmentsOf(origin: string): Promise<number> {
  const answer = await fetch(`${origin}/collections/${NAME}`);
  const { result } = (await answer.json()) as { result: { segments_count: number } };
  return result.segments_count;
}

/** Milliseconds of one search after the other, with each filter. */
async function latencies(store: VectorStore, queries: readonly Float32Array[]): Promise<object> {
  const found: Record<string, { p50: number; p99: number }> = {};
  for (const [name, filter] of Object.entries(FILTERS)) {
    const times: number[] = [];
    for (const query of queries) {
      const before = performance.now();
      await store.search(NAME, query, { limit: 10, filter });
      times.push(performance.now() - before);
    }
    times.sort((a, b) => a - b);
    found[name] = { p50: round(times[QUERIES / 2]!), p99: round(times[Math.floor(0.99 * QUERIES)]!) };
  }
  return found;
}

/** Share of the true ten that the index finds with each filter, and by how much the cosines differ from those computed here. */
async function quality(store: VectorStore, queries: readonly Float32Array[]): Promise<object> {
  const recallAt10: Record<string, number> = {};
  let worst = 0;
  for (const [name, filter] of Object.entries(FILTERS)) {
    let [found, wanted] = [0, 0];
    for (const query of queries) {
      const [hits] = await store.search(NAME, query, { limit: 10, filter });
      const [truth] = await store.search(NAME, query, { limit: 10, filter, exact: true });
      const ids = new Set(truth!.map((hit) => hit.ordinal));
      found += hits!.filter((hit) => ids.has(hit.ordinal)).length;
      wanted += truth!.length;
      const best: SearchHit = hits![0]!;
      for await (const [row] of store.scan(NAME, "bucket", best.ordinal, best.ordinal + 1))
        worst = Math.max(worst, Math.abs(cosine(row!.vector, query) - best.cosine));
    }
    recallAt10[name] = found / wanted;
  }
  return { recallAt10, largestCosineError: worst };
}

const url = (origin: string): string => `qdrant+${origin}${args.settings && `?${args.settings}`}`;
const machine = `${cpus()[0]!.model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 1e9)} GB`;
for (const count of args.counts.split(",").map(Number)) {
  const folder = mkdtempSync(join(args.storage, "qdrant-load-"));
  try {
    await using server = await QdrantProcess.start({ storage: folder });
    await using store = await openStore(url(server.origin));
    const source = new Clustered();
    const writeMs = await load(store, count, source);
    const loaded = usageOf(folder, server.pid!);
    const started = performance.now();
    await store.finishCollection(NAME);
    const indexMs = performance.now() - started;
    const rows = source.rows(QUERIES);
    const queries = Array.from({ length: QUERIES }, (_, i) => rows.slice(i * dimension, (i + 1) * dimension));
    const { settings } = parseQdrantUrl(url(server.origin), {});
    const { quantization, memory } = indexPlan(count, dimension, settings);
    const result = {
      machine,
      count,
      dimension,
      pointsPerSecond: Math.round((1000 * count) / writeMs),
      indexSeconds: round(indexMs / 1000),
      indexedPerSecond: Math.round((1000 * count) / indexMs),
      quantization,
      segments: await segmentsOf(server.origin),
      plannedMB: Math.round(memory / 1e6),
      loaded,
      ms: await latencies(store, queries),
      ...(await quality(store, queries.slice(0, JUDGED))),
      searched: usageOf(folder, server.pid!),
    };
    console.log(JSON.stringify(result));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
