/**
 * Latency through the HTTP API, one request at a time, without a filter and with each of three: every query is asked all
 * four ways in turn, so that what else the machine does falls on all alike.
 *
 *     node benchmarks/filter-latency.ts --store qdrant+http://127.0.0.1:6333 --dataset openmeta
 *         [--sab HPO,MONDO] [--lat ENG] [--sty T047] [--queries ../shared/data/queries] [--n 500]
 *
 * Ends with 1 where p50 is above 20 ms, p99 above 60 ms, or either with a filter more than 1.5 times that without.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mixedQueries } from "./support/dev-queries.ts";
import { percentile } from "./support/percentile.ts";
import { served } from "./support/served.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "qdrant+http://127.0.0.1:6333" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    n: { type: "string", default: "500" },
    sab: { type: "string", default: "HPO,MONDO" },
    lat: { type: "string", default: "ENG" },
    sty: { type: "string", default: "T047" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const WARM = 50;
const P50_MS = 20;
const P99_MS = 60;
const MOST = 1.5;

const { sab, lat, sty } = args;
const ways: Record<string, string> = {
  none: "",
  sab: `&sab=${encodeURIComponent(sab)}`,
  lat: `&lat=${encodeURIComponent(lat)}`,
  sty: `&sty=${encodeURIComponent(sty)}`,
};
await using server = await served(["--store", args.store, "--dataset", args.dataset, "--quiet"]);

async function ask(query: string, filter: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(`${server.url}/api/v1/search?q=${encodeURIComponent(query)}&k=10${filter}`);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${response.status} for a query of the benchmark`);
  return performance.now() - started;
}

const all = mixedQueries(args.queries);
const queries = all.slice(0, Number(args.n));
for (const query of all.slice(-WARM)) for (const filter of Object.values(ways)) await ask(query, filter);
const times: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (const query of queries)
  for (const [name, filter] of Object.entries(ways)) times[name]!.push(await ask(query, filter));

const ms = Object.fromEntries(
  Object.entries(times).map(([name, list]) => [
    name,
    { p50: percentile(list, 0.5), p95: percentile(list, 0.95), p99: percentile(list, 0.99) },
  ]),
);
const none = ms["none"]!;
const ratios = Object.fromEntries(
  Object.entries(ms).map(([name, { p50, p99 }]) => [name, { p50: p50 / none.p50, p99: p99 / none.p99 }]),
);
const result = {
  machine: `${cpus()[0]!.model}, ${availableParallelism()} cores`,
  store: args.store,
  dataset: args.dataset,
  filters: { sab, lat, sty },
  queries: queries.length,
  ms,
  ratios,
};
console.log(JSON.stringify(result, null, 2));
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "filter-latency.json"), `${JSON.stringify(result, null, 2)}\n`);
const isSlower = Object.values(ratios).some(({ p50, p99 }) => p50 > MOST || p99 > MOST);
if (none.p50 > P50_MS || none.p99 > P99_MS || isSlower) process.exitCode = 1;
