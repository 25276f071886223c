/**
 * Whether two stores that hold the same release answer alike: the first ten concepts of every dev query through the
 * product's searcher, with both encoders; how often either is what exact search gives; and each store's recall@10 against it.
 *
 *     node benchmarks/store-agreement.ts --store lancedb:.termduet --other qdrant+http://127.0.0.1:6333 --dataset openmeta
 *         [--queries ../shared/data/queries] [--n 0] [--recall 200] [--out benchmarks/out]
 *
 * Ends with 1 where fewer than 99 % of the lists are the same, or a recall is below 0.99.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSearcher } from "../src/cli/open-searcher.ts";
import { EncoderCatalogue } from "../src/encoder/catalogue.ts";
import type { SearchResult } from "../src/retrieval/request/search-types.ts";
import { Searcher } from "../src/retrieval/searcher.ts";
import { openStore } from "../src/vector-store/open-store.ts";
import { mixedQueries } from "./support/dev-queries.ts";
import { indexRecall } from "./support/index-recall.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    other: { type: "string", default: "qdrant+http://127.0.0.1:6333" },
    dataset: { type: "string" },
    queries: { type: "string", default: "../shared/data/queries" },
    encoders: { type: "string", multiple: true, default: ["models/bundled"] },
    /** So many queries, spread over all; 0 for all. */
    n: { type: "string", default: "0" },
    recall: { type: "string", default: "200" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const GOAL = 0.99;
const K = 10;
const BATCH = 64;
const SAME_COSINE = 1e-6;
const SHOWN = 20;

await using store = await openStore(args.store);
await using other = await openStore(args.other);
const catalogue = new EncoderCatalogue(args.encoders);
await using opened = openSearcher(store, catalogue, "cpu");
const searchers = [
  opened.searcher,
  new Searcher({ store: other, encoder: opened.encoder, known: catalogue.list() }),
];
const [a, b] = searchers as [Searcher, Searcher];
const releases = await Promise.all(searchers.map(({ releases }) => releases.resolve(args.dataset)));
const dataset = releases[0]!.dataset;

async function lists(
  searcher: Searcher,
  queries: readonly string[],
  exact = false,
): Promise<SearchResult[][]> {
  const responses = await searcher.search({ queries, k: K, dataset, exact });
  return responses.map(({ results }) => results);
}

const cuis = (list: readonly SearchResult[]): string => list.map(({ cui }) => cui).join(" ");

/** `tie`: where the lists part, what stands there is equally near; `order`: the same ten, otherwise ordered. */
function kindOf(one: readonly SearchResult[], two: readonly SearchResult[]): "tie" | "order" | "candidates" {
  const place = one.findIndex((result, i) => result.cui !== two[i]?.cui);
  const [x, y] = [one[place], two[place]];
  const isTie =
    x !== undefined &&
    y !== undefined &&
    Object.keys(x.scores).every(
      (id) => Math.abs(x.scores[id]!.cosine - (y.scores[id]?.cosine ?? -1)) <= SAME_COSINE,
    );
  if (isTie) return "tie";
  const known = new Set(two.map(({ cui }) => cui));
  return one.length === two.length && one.every(({ cui }) => known.has(cui)) ? "order" : "candidates";
}

function spread(all: readonly string[], n: number): string[] {
  const step = Math.max(1, Math.floor(all.length / n));
  return all.filter((_, i) => i % step === 0).slice(0, n);
}

const all = mixedQueries(args.queries);
const queries = Number(args.n) > 0 ? spread(all, Number(args.n)) : all;
const kinds = { tie: 0, order: 0, candidates: 0 };
/** How often each store gives what exact search gives. */
const exact = { store: 0, other: 0 };
const shown: { query: string; place: number; kind: string }[] = [];
let [same, firstSame] = [0, 0];
for (let start = 0; start < queries.length; start += BATCH) {
  const part = queries.slice(start, start + BATCH);
  const [ours, theirs] = await Promise.all([lists(a, part), lists(b, part)]);
  const truths = await lists(a, part, true);
  for (const [i, query] of part.entries()) {
    const [one, two] = [ours[i]!, theirs[i]!];
    const truth = cuis(truths[i]!);
    if (truth === cuis(one)) exact.store++;
    if (truth === cuis(two)) exact.other++;
    if (one[0]?.cui === two[0]?.cui) firstSame++;
    if (cuis(one) === cuis(two)) {
      same++;
      continue;
    }
    const kind = kindOf(one, two);
    kinds[kind]++;
    const place = one.findIndex((result, at) => result.cui !== two[at]?.cui) + 1;
    if (shown.length < SHOWN) shown.push({ query, place, kind });
  }
}
const sample = spread(queries, Number(args.recall));
const recallAt10 = {
  store: await indexRecall(store, await a.retrievers(releases[0]!), sample),
  other: await indexRecall(other, await b.retrievers(releases[1]!), sample),
};
const result = {
  stores: [args.store, other.url],
  releases: releases.map((release) => `${release.dataset} ${release.release}`),
  strings: releases.map((release) => release.counts.strings),
  queries: queries.length,
  sameTop10: same / queries.length,
  sameFirst: firstSame / queries.length,
  differing: kinds,
  asExact: { store: exact.store / queries.length, other: exact.other / queries.length },
  recallAt10,
};
console.log(JSON.stringify(result, null, 2));
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "store-agreement.json"), `${JSON.stringify({ ...result, shown }, null, 2)}\n`);
const recalls = Object.values(recallAt10).flatMap((of) => Object.values(of));
if (result.sameTop10 < GOAL || recalls.some((recall) => recall < GOAL)) process.exitCode = 1;
