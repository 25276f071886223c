/** One engine in a process of its own: `build` or `ask`, its name, and the file of what is asked. Prints its figures as JSON. */
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { VectorRows } from "../../src/vector-store/embedded/vector-rows.ts";
import { engines } from "./all.ts";
import { type Asked, readRows } from "./asked.ts";

const K = 100;
const SHOWN = 10;
const WARM = 20;

const [step, name, file, modules] = process.argv.slice(2) as [string, string, string, string];
const { path, dimension, count, queries, truth } = JSON.parse(readFileSync(file, "utf8")) as Asked;
const required = createRequire(join(resolve(modules), "engines.js"));
const engine = engines(count, async (packageName) => required(packageName))[name]!;
const folder = join(dirname(file), name);

function bytesUnder(where: string): number {
  return readdirSync(where, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

const rounded = (value: number): number => Math.round(100 * value) / 100;

async function build(): Promise<object> {
  mkdirSync(folder, { recursive: true });
  const vectors = readRows(path, dimension, count);
  const started = performance.now();
  const cpu = process.cpuUsage();
  await engine.build({ vectors, dimension, count }, folder);
  const { user, system } = process.cpuUsage(cpu);
  return {
    buildS: rounded((performance.now() - started) / 1000),
    buildCpuS: rounded((user + system) / 1e6),
    buildPeakMb: rounded(process.resourceUsage().maxRSS / 1000),
    diskMb: rounded(bytesUnder(folder) / 1e6),
  };
}

async function ask(): Promise<object> {
  using stored = VectorRows.open(path, dimension);
  const nearest = (rows: ArrayLike<number>, query: Float32Array): number[] => {
    const read = stored.read(rows);
    return Array.from(rows, (row, i) => ({ row, near: read.cosineAt(i, query) }))
      .sort((a, b) => b.near - a.near || a.row - b.row)
      .slice(0, K)
      .map(({ row }) => row);
  };
  const before = process.memoryUsage().rss;
  const opening = performance.now();
  const index = await engine.open(folder, { dimension, count });
  const [times, candidateTimes]: [number[], number[]] = [[], []];
  let [firstMs, lost, lostShown] = [0, 0, 0];
  for (const [i, asked] of queries.entries()) {
    const query = Float32Array.from(asked);
    const started = performance.now();
    const candidates = await index.candidates(query);
    const found = performance.now();
    const list = index.compared ? Array.from(candidates) : nearest(candidates, query);
    if (i === 0) firstMs = performance.now() - opening;
    if (i >= WARM) {
      times.push(performance.now() - started);
      candidateTimes.push(found - started);
    }
    const known = new Set(list);
    lost += truth[i]!.filter((row) => !known.has(row)).length;
    const ten = new Set(list.slice(0, SHOWN));
    lostShown += truth[i]!.slice(0, SHOWN).filter((row) => !ten.has(row)).length;
  }
  await index.close();
  const at = (values: number[], share: number): number => {
    const sorted = values.toSorted((a, b) => a - b);
    return rounded(sorted[Math.floor(share * (sorted.length - 1))]!);
  };
  return {
    firstMs: rounded(firstMs),
    p50: at(times, 0.5),
    p99: at(times, 0.99),
    candidatesP50: at(candidateTimes, 0.5),
    lostAt100: lost / (K * queries.length),
    lostAt10: lostShown / (SHOWN * queries.length),
    residentMb: rounded((process.memoryUsage().rss - before) / 1e6),
  };
}

const figures = step === "build" ? await build() : await ask();
// Threads of some engines keep their process alive.
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
