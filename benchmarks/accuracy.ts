/**
 * Accuracy of search on labelled queries: the merge, each encoder alone, the oracle of both, and the baselines.
 *
 *     npm run bench:accuracy -- --store lancedb:.termduet --dataset openmeta [--queries ../shared/data/queries] [--out benchmarks/out]
 *
 * A query file is TSV with the columns `query` and `cuis` (`|` between alternatives). Writes accuracy.json and accuracy.md.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { EncoderCatalogue } from "../src/encoder/catalogue.ts";
import { type Encoder, EncoderPool } from "../src/encoder/encoder-pool.ts";
import { wonShare } from "../src/evaluation/retrieval-task.ts";
import { describedConcepts } from "../src/retrieval/match/definition-hits.ts";
import { matchedStrings } from "../src/retrieval/match/lexical-matches.ts";
import { OutOfVocabularyWords } from "../src/retrieval/match/out-of-vocabulary.ts";
import { PrefixMatches } from "../src/retrieval/match/prefix-matches.ts";
import { collectCandidates } from "../src/retrieval/rank/collect-candidates.ts";
import { rankConcepts } from "../src/retrieval/rank/rank-concepts.ts";
import { type EncoderRetriever, Searcher } from "../src/retrieval/searcher.ts";
import { openStore } from "../src/vector-store/open-store.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import { seeded } from "../tests/support/random-vectors.ts";

// What a page of ten results looks at: `answerQueries`.
const STRINGS = 100;
const COMPLETIONS = 60;
const RESAMPLES = 1000;

interface Labelled {
  query: string;
  cuis: Set<string>;
}

/** Place of the first right concept in each ranking, from 1; Infinity when it is not there. */
type Places = Record<string, number>;

function readQueries(path: string): Labelled[] {
  const [header, ...lines] = readFileSync(path, "utf8").split("\n").filter(Boolean);
  if (header !== "query\tcuis") throw new Error(`${path}: the header is not query, cuis`);
  return lines.map((line) => {
    const [query, cuis] = line.split("\t");
    return { query: query!, cuis: new Set(cuis!.split("|")) };
  });
}

/** Ranks all candidates of each query, so that every method's place of the right concept is known. */
async function placesOf(
  store: VectorStore,
  strings: string,
  retrievers: readonly EncoderRetriever[],
  queries: readonly Labelled[],
  vectors: readonly Float32Array[],
): Promise<Places[]> {
  const texts = queries.map((query) => query.query);
  const lookups = { begun: new PrefixMatches(store), unknown: new OutOfVocabularyWords(store) };
  const matching = matchedStrings(store, strings, texts, {
    filter: {},
    pushed: undefined,
    completions: COMPLETIONS,
    ...lookups,
  });
  const options = { strings: STRINGS, exact: false };
  const described = await describedConcepts(store, retrievers, vectors);
  const evidence = await collectCandidates(store, strings, retrievers, vectors, matching, options);
  const matched = await matching;
  return evidence.map((found, i) => {
    const input = { evidence: found, retrievers, filter: {}, matched: matched[i]!, described: described[i]! };
    const results = rankConcepts({ ...input, explain: false }).map(({ result }) => result);
    const right = results.filter((r) => queries[i]!.cuis.has(r.cui));
    const places: Places = { merged: Math.min(...right.map((r) => r.rank)) };
    for (const { encoder } of retrievers) {
      const { id } = encoder.folder.manifest;
      places[id] = Math.min(...right.map((r) => r.scores[id]!.rank));
    }
    places["oracle"] = Math.min(...retrievers.map(({ encoder }) => places[encoder.folder.manifest.id]!));
    return places;
  });
}

/** Share of queries with the right concept among the first k, and its 95 % interval by bootstrap over queries. */
function accuracy(places: readonly number[], k: number): { value: number; low: number; high: number } {
  const hits: number[] = places.map((place) => Number(place <= k));
  const random = seeded(1);
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < hits.length; i++) sum += hits[Math.floor(random() * hits.length)]!;
    return sum / hits.length;
  }).sort((a, b) => a - b);
  const value = hits.reduce((a, b) => a + b, 0) / hits.length;
  return { value, low: means[Math.floor(RESAMPLES * 0.025)]!, high: means[Math.floor(RESAMPLES * 0.975)]! };
}

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    encoders: { type: "string", multiple: true, default: ["models/bundled"] },
    limit: { type: "string" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
if (!existsSync(args.queries)) {
  console.log(`skipped: there are no labelled queries at ${args.queries}`);
  process.exit(0);
}
await using store = await openStore(args.store);
const known = new EncoderCatalogue(args.encoders).list();
await using pools = new AsyncDisposableStack();
const encoder = async (_: string, hash: string): Promise<Encoder | undefined> => {
  const folder = known.find((f) => f.hash === hash);
  if (!folder) return undefined;
  return pools.use(
    await EncoderPool.start(folder, availableParallelism(), {
      provider: "cpu",
      threads: 1,
      tokenBudget: 512,
    }),
  );
};
const searcher = new Searcher({ store, encoder, known });
const release = await searcher.releases.resolve(args.dataset);
const retrievers = await searcher.retrievers(release);
const baselines = new Map<string, { acc1: number; acc10: number }>();
const baselineFile = join(args.queries, "..", "baselines.tsv");
if (existsSync(baselineFile)) {
  for (const line of readFileSync(baselineFile, "utf8").split("\n").slice(1).filter(Boolean)) {
    const [method, set, , acc1, , acc10] = line.split("\t");
    baselines.set(`${method} ${set}`, { acc1: Number(acc1), acc10: Number(acc10) });
  }
}

const report: Record<string, unknown>[] = [];
const table = ["| queries | n | method | Acc@1 | 95 % | Acc@10 |", "|---|---|---|---|---|---|"];
for (const file of readdirSync(args.queries)
  .filter((name) => name.endsWith(".tsv"))
  .sort()) {
  const set = file.replace(/\.tsv$/, "");
  const queries = readQueries(join(args.queries, file)).slice(0, args.limit ? Number(args.limit) : undefined);
  const encoded = await Promise.all(
    retrievers.map(({ encoder: e }) =>
      e.encode(
        queries.map((q) => q.query.normalize("NFC").trim()),
        "query",
      ),
    ),
  );
  const vectors = encoded.map((e) => e.vectors);
  const places = await placesOf(store, release.strings, retrievers, queries, vectors);
  for (const method of ["exact", "tfidf-char3"]) {
    const baseline = baselines.get(`${method} ${set}`);
    if (baseline)
      table.push(
        `| ${set} | ${queries.length} | ${method} (baseline) | ${baseline.acc1.toFixed(3)} | | ${baseline.acc10.toFixed(3)} |`,
      );
  }
  for (const method of Object.keys(places[0]!)) {
    const column = places.map((p) => p[method]!);
    const [first, ten] = [accuracy(column, 1), accuracy(column, 10)];
    report.push({ set, n: queries.length, method, acc1: first, acc5: accuracy(column, 5), acc10: ten });
    const interval = `${first.low.toFixed(3)}–${first.high.toFixed(3)}`;
    table.push(
      `| ${set} | ${queries.length} | ${method} | ${first.value.toFixed(3)} | ${interval} | ${ten.value.toFixed(3)} |`,
    );
  }
  const [a, b] = retrievers.map(({ encoder: e }) => e.folder.manifest.id) as [string, string | undefined];
  if (b !== undefined) {
    const [ofFirst, ofSecond] = [a, b].map((id) => places.map((p) => p[id]!)) as [number[], number[]];
    for (const rank of [1, 10]) {
      const [ofB, ofA] = [wonShare(ofFirst, ofSecond, rank), wonShare(ofSecond, ofFirst, rank)];
      report.push({
        set,
        rank,
        complementarity: { [`${a} wins of what ${b} loses`]: ofB, [`${b} wins of what ${a} loses`]: ofA },
      });
      console.log(
        `${set}, first ${rank}: ${a} wins ${(100 * ofB).toFixed(1)} % of what ${b} loses, ${b} ${(100 * ofA).toFixed(1)} % of what ${a} loses`,
      );
    }
  }
}
const made = {
  release: `${release.dataset} ${release.release}`,
  encoders: release.encoders.map(({ id, hash }) => ({ id, hash })),
  at: new Date().toISOString(),
};
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "accuracy.json"), `${JSON.stringify({ ...made, results: report }, null, 2)}\n`);
writeFileSync(join(args.out, "accuracy.md"), `${table.join("\n")}\n`);
console.log(table.join("\n"));
