/**
 * Latency of one query after the other through both encoders, and recall@10 of the index against exact search.
 *
 *     npm run bench:latency -- --store lancedb:.termduet --dataset openmeta [--queries ../shared/data/queries] [--n 500]
 *
 * Without labelled queries, strings of the sample release are asked.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSearcher } from "../src/cli/open-searcher.ts";
import { EncoderCatalogue } from "../src/encoder/catalogue.ts";
import { openStore } from "../src/vector-store/open-store.ts";
import { devQueries } from "./support/dev-queries.ts";
import { indexRecall } from "./support/index-recall.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    encoders: { type: "string", multiple: true, default: ["models/bundled"] },
    n: { type: "string", default: "500" },
    recall: { type: "string", default: "100" },
    out: { type: "string", default: "benchmarks/out" },
  },
});

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

await using store = await openStore(args.store);
await using opened = openSearcher(store, new EncoderCatalogue(args.encoders), "cpu");
const { searcher } = opened;
const all = devQueries(args.queries).flat();
// Spread over all sets; no query twice.
const queries = [
  ...new Set(all.filter((_, i) => i % Math.max(1, Math.floor(all.length / Number(args.n))) === 0)),
].slice(0, Number(args.n));
const ask = (query: string, exact = false) =>
  searcher.search({ queries: [query], k: 10, dataset: args.dataset, exact });
for (const query of queries.slice(0, 30)) await ask(query);

const times: number[] = [];
for (const query of queries) {
  const started = performance.now();
  await ask(query);
  times.push(performance.now() - started);
}
times.sort((a, b) => a - b);

const release = await searcher.releases.resolve(args.dataset);
const retrievers = await searcher.retrievers(release);
const sample = queries
  .filter((_, i) => i % Math.max(1, Math.floor(queries.length / Number(args.recall))) === 0)
  .slice(0, Number(args.recall));
const recall = await indexRecall(store, retrievers, sample);
const result = {
  machine: `${cpus()[0]!.model}, ${availableParallelism()} cores`,
  release: `${release.dataset} ${release.release}`,
  strings: release.counts.strings,
  queries: queries.length,
  ms: { p50: percentile(times, 0.5), p95: percentile(times, 0.95), p99: percentile(times, 0.99) },
  recallAt10: recall,
  residentMb: Math.round(process.memoryUsage().rss / 1e6),
};
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "latency.json"), `${JSON.stringify(result, null, 2)}\n`);
console.log(result);
