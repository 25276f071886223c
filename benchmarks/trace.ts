/**
 * Where the time of one search goes: for each stage how long it was under way, alone or beside others, and when it began
 * and ended in the median search; then the same queries over HTTP.
 *
 *     npm run bench:trace -- --store lancedb:.termduet --dataset openmeta [--queries ../shared/data/queries] [--n 400]
 *
 * Stages overlap, so they do not add up to the whole. Without labelled queries, texts of the sample are asked.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSearcher } from "../src/cli/open-searcher.ts";
import { EncoderCatalogue } from "../src/encoder/catalogue.ts";
import type { Encoder } from "../src/encoder/encoder-pool.ts";
import { Searcher } from "../src/retrieval/searcher.ts";
import { openStore } from "../src/vector-store/open-store.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import { mixedQueries } from "./support/dev-queries.ts";
import { served } from "./support/served.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    encoders: { type: "string", multiple: true, default: ["models/bundled"] },
    n: { type: "string", default: "400" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const WARM = 40;
const LEXICAL = new Set(["find", "findByPrefix", "findByWords", "knownWords"]);

/** A stage of one search: from when to when it was under way, in milliseconds since the search began. */
interface Span {
  stage: string;
  from: number;
  to: number;
}

let spans: Span[] = [];
let began = 0;

async function timed<T>(stage: string, work: Promise<T>): Promise<T> {
  const from = performance.now() - began;
  try {
    return await work;
  } finally {
    spans.push({ stage, from, to: performance.now() - began });
  }
}

/** A store that notes how long each of its calls took. */
function traced(store: VectorStore, isDefinitions: (collection: string) => boolean): VectorStore {
  const stageOf = (method: string, collection: string): string | undefined => {
    if (isDefinitions(collection)) return "definition leg";
    if (LEXICAL.has(method)) return "lexical legs";
    return { search: "candidates", scoreEach: "exact rerank", fetch: "documents" }[method];
  };
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        const result: unknown = member.apply(target, given);
        const stage = typeof given[0] === "string" ? stageOf(String(name), given[0]) : undefined;
        return stage && result instanceof Promise ? timed(stage, result) : result;
      };
    },
  });
}

function tracedEncoder(encoder: Encoder): Encoder {
  const { id } = encoder.folder.manifest;
  return new Proxy(encoder, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        const result: unknown = member.apply(target, given);
        return name === "encode" ? timed(`encode ${id}`, result as Promise<unknown>) : result;
      };
    },
  });
}

/** How long at least one of the spans was under way. */
function underWay(list: readonly Span[]): number {
  let [sum, end] = [0, 0];
  for (const { from, to } of list.toSorted((a, b) => a.from - b.from)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;
const p = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
};

await using plain = await openStore(args.store);
const catalogue = new EncoderCatalogue(args.encoders);
await using opened = openSearcher(plain, catalogue, "cpu");
const release = await opened.searcher.releases.resolve(args.dataset);
const definitions = new Set([
  ...(release.definitions ? [release.definitions.collection] : []),
  ...(release.definitions?.vectors.map(({ collection }) => collection) ?? []),
]);
const searcher = new Searcher({
  store: traced(plain, (name) => definitions.has(name)),
  encoder: async (id, hash) => {
    const encoder = await opened.encoder(id, hash);
    return encoder && tracedEncoder(encoder);
  },
  known: catalogue.list(),
});

const texts = mixedQueries(args.queries).slice(0, WARM + Number(args.n));
const searches: { spans: Span[]; ms: number }[] = [];
for (const [i, text] of texts.entries()) {
  spans = [];
  began = performance.now();
  const [response] = await searcher.search(
    { queries: [text], k: 10, dataset: args.dataset },
    {
      onMerged: (ms) => {
        const to = performance.now() - began;
        spans.push({ stage: "merge", from: to - ms, to });
      },
    },
  );
  const answered = performance.now() - began;
  const first = Math.min(...spans.map(({ from }) => from));
  spans.push({ stage: "parse", from: 0, to: first });
  JSON.stringify(response);
  const ms = performance.now() - began;
  spans.push({ stage: "JSON", from: answered, to: ms });
  if (i >= WARM) searches.push({ spans, ms });
}

const names = [...new Set(searches.flatMap((search) => search.spans.map(({ stage }) => stage)))];
const stages = names
  .map((stage) => {
    const own = searches.map((search) => search.spans.filter((span) => span.stage === stage));
    const there = own.filter((list) => list.length > 0);
    return {
      stage,
      searches: there.length,
      calls: rounded(there.reduce((sum, list) => sum + list.length, 0) / there.length),
      begins: p(
        there.map((list) => Math.min(...list.map(({ from }) => from))),
        0.5,
      ),
      ends: p(
        there.map((list) => Math.max(...list.map(({ to }) => to))),
        0.5,
      ),
      p50: p(there.map(underWay), 0.5),
      p95: p(there.map(underWay), 0.95),
    };
  })
  .toSorted((a, b) => a.begins - b.begins);

const http: number[] = [];
{
  await using server = await served(["--store", args.store, "--dataset", args.dataset, "--quiet"]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const address = `${server.url}/api/v1/search?q=${encodeURIComponent(text)}&k=10`;
      get(address, { agent }, (answer) => {
        answer.resume();
        answer.once("end", resolve);
      }).once("error", reject);
    });
  for (const [i, text] of texts.entries()) {
    const started = performance.now();
    await ask(text);
    if (i >= WARM) http.push(performance.now() - started);
  }
  agent.destroy();
}

const all = searches.map(({ ms }) => ms);
const whole = {
  inProcess: { p50: p(all, 0.5), p95: p(all, 0.95), p99: p(all, 0.99) },
  overHttp: { p50: p(http, 0.5), p95: p(http, 0.95), p99: p(http, 0.99) },
};
console.table(Object.fromEntries(stages.map(({ stage, ...figures }) => [stage, figures])));
console.log(whole);
mkdirSync(args.out, { recursive: true });
const result = { release: `${release.dataset} ${release.release}`, strings: release.counts.strings };
writeFileSync(
  join(args.out, "trace.json"),
  `${JSON.stringify({ ...result, searches: searches.length, stages, whole }, null, 2)}\n`,
);
