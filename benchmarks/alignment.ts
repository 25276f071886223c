/**
 * Alignment benchmarks made from a release by leaving a source out: the strong mode against exact match, a TF-IDF matcher
 * of character trigrams, each encoder alone and the plain mode.
 *
 *     npm run bench:alignment -- --store lancedb:.termduet --dataset openmeta [--limit 2000] [--out benchmarks/out]
 *
 * The matcher of each benchmark is fitted on the release without the source that is aligned. The strong mode is judged at
 * the threshold that it finds itself, every other method at the threshold that is best for it on the benchmark itself, as nobody
 * who aligns a new lexicon can know; what the strong mode would have at its best one is a row of its own. An entry is not judged for
 * which the release has no pair, though it has a concept of that very name: nobody knows whether that is the same. Differences have 95 % intervals by bootstrap over entries. Writes alignment.json and alignment.md.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { alignLexicon, type LexiconAlignment } from "../src/alignment/align-lexicon.ts";
import { isVeryName } from "../src/alignment/concept-candidates.ts";
import {
  indexLetters,
  MAX_INDEXED_STRINGS,
  tagPasses,
} from "../src/alignment/matching/letters-of-release.ts";
import { thresholdForF1 } from "../src/alignment/matching/threshold.ts";
import { trainMatcher } from "../src/alignment/matching/train-matcher.ts";
import { EncoderCatalogue } from "../src/encoder/catalogue.ts";
import { type Encoder, EncoderPool } from "../src/encoder/encoder-pool.ts";
import { bootstrap, type Estimate } from "../src/evaluation/metrics/bootstrap.ts";
import { f1Of } from "../src/evaluation/metrics/classification-scores.ts";
import { Searcher } from "../src/retrieval/searcher.ts";
import type { ConceptRecord, StringRecord } from "../src/terminology/concept.ts";
import { languageCode } from "../src/terminology/languages.ts";
import type { LexiconEntry } from "../src/terminology/lexicon/lexicon.ts";
import { openStore } from "../src/vector-store/open-store.ts";

interface Benchmark {
  name: string;
  lexicon: LexiconEntry[];
  /** Right CUIs of each entry; none where there is nothing to find. */
  right: ReadonlySet<string>[];
  /** Sources aligned to. */
  sab: string[];
  /** The source that is left out of everything. */
  without: string[];
}

/** Entries of a benchmark that can be judged, and what each method says of them. */
interface Judged {
  right: ReadonlySet<string>[];
  answers: Record<string, Answers>;
  /** The strong mode's own. */
  threshold: number;
}

/** What a method says of each entry: a concept and how sure it is. */
type Answers = ({ cui: string; score: number } | undefined)[];

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    encoders: { type: "string", multiple: true, default: ["models/bundled"] },
    limit: { type: "string", default: "2000" },
    training: { type: "string", default: "1200" },
    only: { type: "string" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const limit = Number(args.limit);
await using store = await openStore(args.store);
const known = new EncoderCatalogue(args.encoders).list();
await using pools = new AsyncDisposableStack();
const started = new Map<string, Promise<EncoderPool>>();
const encoder = async (_: string, hash: string): Promise<Encoder | undefined> => {
  const folder = known.find((f) => f.hash === hash);
  if (!folder) return undefined;
  const settings = { provider: "cpu", threads: 1, tokenBudget: 512 } as const;
  const pool =
    started.get(hash) ?? EncoderPool.start(folder, Math.ceil(availableParallelism() / 2), settings);
  if (!started.has(hash)) pools.use(await pool);
  started.set(hash, pool);
  return pool;
};
const searcher = new Searcher({ store, encoder, known });
const release = await searcher.releases.resolve(args.dataset);
const retrievers = await searcher.retrievers(release);
const letters = indexLetters(store, release, MAX_INDEXED_STRINGS);
const sources = Object.keys(release.counts.bySab);

/** Concepts of one source as a lexicon, in the order of their CUIs, evenly thinned to `limit`. */
async function leftOut(name: string, sab: string, lat: string, targets: string[]): Promise<Benchmark> {
  const lexicon: LexiconEntry[] = [];
  const right: Set<string>[] = [];
  const records: ConceptRecord[] = [];
  for await (const batch of store.documents(release.concepts))
    for (const { body } of batch) {
      const record = JSON.parse(body) as ConceptRecord;
      if (record.atoms.some((a) => a.sab === sab && a.lat === lat && a.suppress === "N"))
        records.push(record);
    }
  records.sort((a, b) => (a.cui < b.cui ? -1 : 1));
  const step = Math.max(1, records.length / limit);
  for (let i = 0; i < records.length; i += step) {
    const { cui, atoms, definitions } = records[Math.floor(i)]!;
    const own = atoms.filter((a) => a.sab === sab && a.lat === lat && a.suppress === "N");
    const [first] = own.toSorted((a, b) => Number(b.tty === "PT") - Number(a.tty === "PT"));
    const synonyms = [...new Set(own.map(({ str }) => str))].filter((str) => str !== first!.str);
    const explanation = definitions.find((d) => d.sab === sab && lat === "ENG")?.text;
    lexicon.push({
      id: first!.code,
      term: first!.str,
      synonyms,
      ...(explanation === undefined ? {} : { explanation }),
      lang: languageCode(lat)!,
      line: lexicon.length + 2,
      extra: {},
    });
    right.push(new Set(atoms.some((a) => targets.includes(a.sab)) ? [cui] : []));
  }
  return { name, lexicon, right, sab: targets, without: [sab] };
}

/** Lay names of phenotypes that the release leaves out. */
function layNames(path: string): Benchmark {
  const lines = readFileSync(path, "utf8").split("\n").slice(1).filter(Boolean);
  const step = Math.max(1, lines.length / limit);
  const kept = Array.from({ length: Math.min(limit, lines.length) }, (_, i) => lines[Math.floor(i * step)]!);
  const cells = kept.map((line) => line.split("\t") as [string, string]);
  return {
    name: "HPO lay names → all",
    lexicon: cells.map(([term], i) => ({
      id: `${i}`,
      term,
      synonyms: [],
      lang: "en",
      line: i + 2,
      extra: {},
    })),
    right: cells.map(([, cuis]) => new Set(cuis.split("|"))),
    sab: sources,
    without: [],
  };
}

async function judged(benchmark: Benchmark): Promise<Judged> {
  const { lexicon, right, sab, without } = benchmark;
  const precision = 0.95;
  const matcher = await trainMatcher(store, release, retrievers, {
    entries: Number(args.training),
    without,
    precision,
  });
  const filter = { sab };
  const base = { dataset: args.dataset, filter, exact: false, matcher, choice: "f1" } as const;
  const strong = await alignLexicon(lexicon, { ...base, mode: "strong" }, { store, searcher });
  const plain = await alignLexicon(lexicon, { ...base, mode: "plain" }, { store, searcher });
  const answers: Record<string, Answers> = {
    exact: strong.entries.map(({ exact }) =>
      exact && isVeryName(exact.same) ? { cui: exact.cui, score: 1 } : undefined,
    ),
    "TF-IDF char-3": await byLetters(benchmark),
  };
  for (const [i, { id }] of strong.encoders.entries()) answers[`${id} alone`] = encoderAlone(strong, i);
  answers["plain mode"] = merged(plain);
  answers["strong mode"] = merged(strong);
  console.log(matcher.features.map((name, i) => `${name} ${matcher.weights[i]!.toFixed(2)}`).join("; "));
  const clear = strong.entries.map(({ exact }, i) => right[i]!.size > 0 || !isVeryName(exact?.same));
  const ofClear = <T>(list: readonly T[]): T[] => list.filter((_, i) => clear[i]);
  return {
    right: ofClear(right),
    answers: Object.fromEntries(Object.entries(answers).map(([name, list]) => [name, ofClear(list)])),
    threshold: strong.threshold!,
  };
}

function merged({ entries }: LexiconAlignment): Answers {
  return entries.map(({ merged: pair }) => pair && { cui: pair.concept.cui, score: pair.confidence });
}

function encoderAlone({ entries }: LexiconAlignment, encoderNumber: number): Answers {
  return entries.map(({ best }) => {
    const concept = best[encoderNumber];
    return concept && { cui: concept.cui, score: concept.sightings[encoderNumber]!.cosine };
  });
}

/** Every posting is read: the full matcher, without the index's bound. Ties by the number of sources that say so. */
async function byLetters({ lexicon, sab }: Benchmark): Promise<Answers> {
  const index = await letters;
  const allowed = index.allowing((tag) => tagPasses(tag, { sab }));
  const hits = lexicon.map(({ term, synonyms }) => {
    const nearest = [term, ...synonyms].flatMap((name) =>
      index.nearest(name, 1, { allowed, maxPostings: Number.POSITIVE_INFINITY }),
    );
    return nearest.sort((a, b) => b.cosine - a.cosine)[0];
  });
  const found = await store.fetch(
    release.strings,
    hits.flatMap((hit) => hit?.ref ?? []),
  );
  const bodies = new Map(found.flatMap((record) => (record ? [[record.id, record.body]] : [])));
  return hits.map((hit) => {
    if (!hit) return undefined;
    const { atoms } = JSON.parse(bodies.get(hit.ref.id)!) as StringRecord;
    const votes = new Map<string, number>();
    for (const { cui, sab: source } of atoms)
      if (sab.includes(source)) votes.set(cui, (votes.get(cui) ?? 0) + 1);
    const [best] = [...votes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return { cui: best![0], score: hit.cosine };
  });
}

interface Counts {
  right: number;
  judged: number;
  wanted: number;
}

function countsOf(answers: Answers, right: readonly ReadonlySet<string>[], threshold: number): Counts[] {
  return answers.map((answer, i) => {
    const isJudged = answer !== undefined && answer.score >= threshold;
    return {
      right: Number(isJudged && right[i]!.has(answer.cui)),
      judged: Number(isJudged),
      wanted: Number(right[i]!.size > 0),
    };
  });
}

function scoresOf(
  counts: readonly Counts[],
  items: Iterable<number>,
): { precision: number; recall: number; f1: number } {
  const sum = { right: 0, judged: 0, wanted: 0 };
  for (const i of items) {
    sum.right += counts[i]!.right;
    sum.judged += counts[i]!.judged;
    sum.wanted += counts[i]!.wanted;
  }
  return f1Of(sum.right, sum.judged, sum.wanted);
}

/** The threshold of the highest F1 on the benchmark itself: what a method can reach at best. */
function bestThreshold(answers: Answers, right: readonly ReadonlySet<string>[]): number {
  const given = answers.flatMap((answer, i) =>
    answer ? [{ probability: answer.score, isRight: right[i]!.has(answer.cui) }] : [],
  );
  return thresholdForF1(given, right.filter((cuis) => cuis.size > 0).length);
}

const interval = ({ value, low, high }: Estimate): string =>
  `${value.toFixed(3)} (${low.toFixed(3)} – ${high.toFixed(3)})`;

const benchmarks: (() => Promise<Benchmark>)[] = [
  () => leftOut("DOID → MONDO", "DOID", "ENG", ["MONDO"]),
  () =>
    leftOut(
      "Orphanet FR → the rest",
      "ORPHANET",
      "FRE",
      sources.filter((sab) => sab !== "ORPHANET"),
    ),
];
const layFile = join(args.queries, "hpo-lay-en.dev.tsv");
if (existsSync(layFile)) benchmarks.push(async () => layNames(layFile));
const results: unknown[] = [];
const table = [
  "| benchmark | entries (with a pair) | method | precision | recall | F1 (95 %) | strong − it (95 %) |",
  "|---|---|---|---|---|---|---|",
];
for (const make of benchmarks) {
  const benchmark = await make();
  if (args.only && !benchmark.name.includes(args.only)) continue;
  const { name } = benchmark;
  const from = performance.now();
  const { right, answers, threshold } = await judged(benchmark);
  const wanted = right.filter((cuis) => cuis.size > 0).length;
  const all = [...right.keys()];
  const strong = countsOf(answers["strong mode"]!, right, threshold);
  const rows = Object.entries(answers).map(([method, given]) => ({
    method,
    given,
    at: method === "strong mode" ? threshold : bestThreshold(given, right),
  }));
  const best = { method: "strong mode, best threshold", given: answers["strong mode"]! };
  rows.push({ ...best, at: bestThreshold(best.given, right) });
  for (const { method, given, at } of rows) {
    const counts = countsOf(given, right, at);
    const { precision, recall } = scoresOf(counts, all);
    const f1 = bootstrap(all.length, (items) => scoresOf(counts, items).f1);
    const difference = bootstrap(
      all.length,
      (items) => scoresOf(strong, items).f1 - scoresOf(counts, items).f1,
    );
    results.push({
      benchmark: name,
      entries: all.length,
      wanted,
      method,
      threshold: at,
      precision,
      recall,
      f1,
      difference,
    });
    const cells = [
      name,
      `${all.length} (${wanted})`,
      method,
      precision.toFixed(3),
      recall.toFixed(3),
      interval(f1),
    ];
    table.push(`| ${[...cells, method === "strong mode" ? "" : interval(difference)].join(" | ")} |`);
    console.log(table.at(-1));
  }
  console.log(`${name}: ${((performance.now() - from) / 1000).toFixed(0)} s`);
}
const made = {
  release: `${release.dataset} ${release.release}`,
  sources,
  encoders: release.encoders.map(({ id, hash }) => ({ id, hash })),
  at: new Date().toISOString(),
};
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "alignment.json"), `${JSON.stringify({ ...made, results }, null, 2)}\n`);
writeFileSync(join(args.out, "alignment.md"), `${table.join("\n")}\n`);
console.log(table.join("\n"));
