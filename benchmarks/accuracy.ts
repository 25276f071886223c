/**
 * Accuracy of search on labelled queries: the merge, each encoder alone, the oracle of both, and the baselines. Strictly, and counting
 * concepts that bear the very name of the gold (openmeta leaves apart much that UMLS joins). A `.jsonl` with contexts is asked twice:
 * names alone, and in context, with the paired interval of the difference.
 *
 *     npm run bench:accuracy -- --store lancedb:.termduet --dataset openmeta [--queries ../shared/data/queries] [--out benchmarks/out]
 *                               [--sets hpo-fr,ncbi] [--against OTHER/accuracy-places.json] [--limit N]
 *
 * A query file is TSV with the columns `query` and `cuis` (`|` between alternatives), or JSONL with `query`, `context` and `cuis`. Writes
 * accuracy.json, accuracy.md and accuracy-places.json, by which runs are compared query by query.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSearcher } from "../src/cli/open-searcher.ts";
import {
  differences,
  type RunPlaces,
  readPlaces,
  storedStrings,
  writePlaces,
} from "../src/cli/retrieval-runs.ts";
import { EncoderCatalogue } from "../src/encoder/catalogue.ts";
import { type LabelledQuery, readLabelledQueries } from "../src/evaluation/datasets/labelled-queries.ts";
import { sameNames, withSameNames } from "../src/evaluation/datasets/same-names.ts";
import type { Estimate } from "../src/evaluation/metrics/bootstrap.ts";
import {
  type PlacesByMethod,
  pairedDifference,
  placesIn,
  rankingsOf,
  retrievalScores,
  wonShare,
} from "../src/evaluation/retrieval-task.ts";
import { openStore } from "../src/vector-store/open-store.ts";

// A page of ten results is a piece of the list of the first twenty: `answerQueries`.
const K = 20;

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    encoders: { type: "string", multiple: true, default: ["models/bundled"] },
    sets: { type: "string" },
    against: { type: "string" },
    limit: { type: "string" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
if (!existsSync(args.queries)) {
  console.log(`skipped: there are no labelled queries at ${args.queries}`);
  process.exit(0);
}
await using store = await openStore(args.store);
await using opened = openSearcher(store, new EncoderCatalogue(args.encoders), "cpu");
const { searcher } = opened;
const release = await searcher.releases.resolve(args.dataset);
const same = await sameNames(storedStrings(store, release));
const baselines = new Map<string, { acc1: number; acc10: number }>();
const baselineFile = join(args.queries, "..", "baselines.tsv");
if (existsSync(baselineFile)) {
  for (const line of readFileSync(baselineFile, "utf8").split("\n").slice(1).filter(Boolean)) {
    const [method, set, , acc1, , acc10] = line.split("\t");
    baselines.set(`${method} ${set}`, { acc1: Number(acc1), acc10: Number(acc10) });
  }
}

const report: Record<string, unknown>[] = [];
const table = [
  "| queries | n | method | Acc@1 | 95 % | same name | 95 % | Acc@10 | same name |",
  "|---|---|---|---|---|---|---|---|---|",
];
const notes: string[] = [];
const runs: RunPlaces = {};
const range = ({ low, high }: Estimate): string => `${low.toFixed(3)}–${high.toFixed(3)}`;
const signed = ({ value, low, high }: Estimate): string =>
  [value, low, high].map((v) => `${v < 0 ? "−" : "+"}${(100 * Math.abs(v)).toFixed(1)}`).join(" / ");

/** Asks one set and reports it; gives the strict places. */
async function measured(set: string, queries: readonly LabelledQuery[]): Promise<PlacesByMethod> {
  const rankings = await rankingsOf(queries, (request) => searcher.search(request), {
    k: K,
    dataset: release.dataset,
  });
  const strict = placesIn(rankings, (i) => queries[i]!.cuis);
  const accepted = queries.map(({ cuis }) => withSameNames(cuis, same));
  const named = placesIn(rankings, (i) => accepted[i]!);
  runs[set] = strict;
  runs[`${set}, same name`] = named;
  for (const method of ["exact", "tfidf-char3"]) {
    const baseline = baselines.get(`${method} ${set}`);
    if (baseline)
      table.push(
        `| ${set} | ${queries.length} | ${method} (baseline) | ${baseline.acc1.toFixed(3)} | | | | ${baseline.acc10.toFixed(3)} | |`,
      );
  }
  for (const method of Object.keys(strict)) {
    const [own, loose] = [retrievalScores(strict[method]!), retrievalScores(named[method]!)];
    report.push({ set, n: queries.length, method, ...own, sameName: loose });
    table.push(
      `| ${set} | ${queries.length} | ${method} | ${own.acc1.value.toFixed(3)} | ${range(own.acc1)} | ${loose.acc1.value.toFixed(3)} | ${range(loose.acc1)} | ${own.acc10.value.toFixed(3)} | ${loose.acc10.value.toFixed(3)} |`,
    );
  }
  const [a, b] = release.encoders.map(({ id }) => id) as [string, string | undefined];
  if (b !== undefined)
    for (const rank of [1, 10]) {
      const [ofA, ofB] = [wonShare(strict[a]!, strict[b]!, rank), wonShare(strict[b]!, strict[a]!, rank)];
      report.push({
        set,
        rank,
        complementarity: { [`${a} wins of what ${b} loses`]: ofA, [`${b} wins of what ${a} loses`]: ofB },
      });
      notes.push(
        `${set}, first ${rank}: ${a} wins ${(100 * ofA).toFixed(1)} % of what ${b} loses, ${b} ${(100 * ofB).toFixed(1)} % of what ${a} loses`,
      );
    }
  return strict;
}

const chosen = args.sets?.split(",");
for (const file of readdirSync(args.queries)
  .filter((name) => /\.(?:tsv|jsonl)$/.test(name))
  .filter((name) => !chosen || chosen.some((set) => name.startsWith(set)))
  .sort()) {
  const set = file.replace(/\.(?:tsv|jsonl)$/, "");
  const all = await readLabelledQueries(join(args.queries, file));
  const queries = all.slice(0, args.limit ? Number(args.limit) : undefined);
  if (!queries.some(({ context }) => context !== undefined)) {
    await measured(set, queries);
    continue;
  }
  const alone = await measured(
    `${set}, name alone`,
    queries.map(({ query, cuis }) => ({ query, cuis })),
  );
  const read = await measured(set, queries);
  const difference = pairedDifference(read["merged"]!, alone["merged"]!);
  report.push({ set, context: difference });
  notes.push(`${set}: context adds ${signed(difference)} points (value / 95 %)`);
}
mkdirSync(args.out, { recursive: true });
await writePlaces(join(args.out, "accuracy-places.json"), runs);
if (args.against !== undefined) {
  const before = await readPlaces(args.against);
  for (const [set, methods] of Object.entries(differences(runs, before)))
    for (const [method, difference] of Object.entries(methods)) {
      report.push({ set, method, against: difference });
      notes.push(`${set}, ${method}: ${signed(difference)} points against the other run (value / 95 %)`);
    }
}
const made = {
  release: `${release.dataset} ${release.release}`,
  encoders: release.encoders.map(({ id, hash }) => ({ id, hash })),
  at: new Date().toISOString(),
};
writeFileSync(join(args.out, "accuracy.json"), `${JSON.stringify({ ...made, results: report }, null, 2)}\n`);
writeFileSync(join(args.out, "accuracy.md"), `${table.join("\n")}\n\n${notes.join("\n")}\n`);
console.log(`${table.join("\n")}\n\n${notes.join("\n")}`);
