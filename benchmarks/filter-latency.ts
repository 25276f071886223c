/**
 * Latency through the HTTP API, one request at a time, without a filter and with each of four: every query is asked all
 * five ways in turn, so that what else the machine does falls on all alike. Then recall@10 of both indexes with each filter.
 *
 *     node benchmarks/filter-latency.ts --store qdrant+http://127.0.0.1:6333 --dataset openmeta
 *         [--sab HPO,MONDO] [--lat ENG] [--sty T047] [--under C0012634] [--queries ../shared/data/queries] [--n 500]
 *
 * Ends with 1 where p50 is above 20 ms, p99 above 60 ms, either with a filter more than 1.5 times that without, or a recall
 * below 0.99.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSearcher } from "../src/cli/open-searcher.ts";
import { EncoderCatalogue } from "../src/encoder/catalogue.ts";
import { type SearchFilter, storeFilter } from "../src/retrieval/request/search-filter.ts";
import { openStore } from "../src/vector-store/open-store.ts";
import { mixedQueries } from "./support/dev-queries.ts";
import { indexRecall } from "./support/index-recall.ts";
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
    /** By default `disease`. */
    under: { type: "string", default: "C0012634" },
    recall: { type: "string", default: "60" },
    encoders: { type: "string", multiple: true, default: ["models/bundled"] },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const WARM = 50;
const P50_MS = 20;
const P99_MS = 60;
const MOST = 1.5;
const RECALL = 0.99;

const filters: Record<string, SearchFilter> = {
  none: {},
  sab: { sab: args.sab.split(",") },
  lat: { lat: args.lat.split(",") },
  sty: { sty: args.sty.split(",") },
  under: { under: args.under.split(",") },
};
const ways = Object.fromEntries(
  Object.entries(filters).map(([name, filter]) => {
    const parameters = Object.entries(filter).map(
      ([key, values]) => `&${key}=${values.map(encodeURIComponent)}`,
    );
    return [name, parameters.join("")];
  }),
);

async function ask(url: string, query: string, filter: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(`${url}/api/v1/search?q=${encodeURIComponent(query)}&k=10${filter}`);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${response.status} for a query of the benchmark`);
  return performance.now() - started;
}

async function timesOf(
  queries: readonly string[],
  warm: readonly string[],
): Promise<Record<string, number[]>> {
  await using server = await served(["--store", args.store, "--dataset", args.dataset, "--quiet"]);
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (const query of warm) for (const way of Object.values(ways)) await ask(server.url, query, way);
  for (const query of queries)
    for (const [name, way] of Object.entries(ways)) times[name]!.push(await ask(server.url, query, way));
  return times;
}

/** By filter, how many strings pass it, and each encoder's recall. */
async function recalls(queries: readonly string[]): Promise<Record<string, Record<string, number>>> {
  await using store = await openStore(args.store);
  const catalogue = new EncoderCatalogue(args.encoders);
  await using opened = openSearcher(store, catalogue, "cpu");
  const release = await opened.searcher.releases.resolve(args.dataset);
  const retrievers = await opened.searcher.retrievers(release);
  const found: Record<string, Record<string, number>> = {};
  for (const [name, filter] of Object.entries(filters)) {
    const pushed = (await storeFilter(filter, store, release.concepts)) ?? {};
    const strings = await store.count(release.strings, pushed);
    found[name] = { strings, ...(await indexRecall(store, retrievers, queries, pushed)) };
  }
  return found;
}

const all = mixedQueries(args.queries);
const queries = all.slice(0, Number(args.n));
const times = await timesOf(queries, all.slice(-WARM));
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
  filters,
  queries: queries.length,
  ms,
  ratios,
  recallAt10: await recalls(queries.slice(0, Number(args.recall))),
};
console.log(JSON.stringify(result, null, 2));
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "filter-latency.json"), `${JSON.stringify(result, null, 2)}\n`);
const isSlower = Object.values(ratios).some(({ p50, p99 }) => p50 > MOST || p99 > MOST);
const isBlind = Object.values(result.recallAt10).some(({ strings: _, ...of }) =>
  Object.values(of).some((recall) => recall < RECALL),
);
if (none.p50 > P50_MS || none.p99 > P99_MS || isSlower || isBlind) process.exitCode = 1;
