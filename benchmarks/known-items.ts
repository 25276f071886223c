/**
 * Regression of the ranking: names and synonyms drawn from the release, asked for as they are and in other ways. Of the
 * names themselves at least 99 % must stand first; the exit code says whether they do.
 *
 *     node benchmarks/known-items.ts --store lancedb:.termduet --dataset openmeta [--n 10000] [--seed 1]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSearcher } from "../src/cli/open-searcher.ts";
import { EncoderCatalogue } from "../src/encoder/catalogue.ts";
import { ASKED_AS, askedAs, drawStrings } from "../src/evaluation/datasets/known-items.ts";
import { seededRandom } from "../src/evaluation/metrics/seeded-random.ts";
import type { StringRecord } from "../src/terminology/concept.ts";
import { openStore } from "../src/vector-store/open-store.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string" },
    encoders: { type: "string", multiple: true, default: ["models/bundled"] },
    n: { type: "string", default: "10000" },
    others: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const GOAL = 0.99;
const BATCH = 64;

await using store = await openStore(args.store);
await using opened = openSearcher(store, new EncoderCatalogue(args.encoders), "cpu");
const { searcher } = opened;
const release = await searcher.releases.resolve(args.dataset);

async function* strings(): AsyncGenerator<StringRecord> {
  for await (const part of store.documents(release.strings))
    for (const { body } of part) yield JSON.parse(body) as StringRecord;
}

const drawn = await drawStrings(strings(), Number(args.n), seededRandom(Number(args.seed)));
const result: Record<string, { asked: number; first: number; inTen: number; missed: string[] }> = {};
for (const as of ASKED_AS) {
  const random = seededRandom(Number(args.seed));
  // The names are the goal; the other ways are watched on fewer.
  const records = as === "name" ? drawn : drawn.slice(0, Number(args.others) * 4);
  const items = records.flatMap((record) => askedAs(record, as, random) ?? []);
  const asked = as === "name" ? items : items.slice(0, Number(args.others));
  const score = { asked: asked.length, first: 0, inTen: 0, missed: [] as string[] };
  for (let start = 0; start < asked.length; start += BATCH) {
    const part = asked.slice(start, start + BATCH);
    const queries = part.map(({ query }) => query);
    const responses = await searcher.search({ queries, k: 10, dataset: release.dataset });
    for (const [i, { results }] of responses.entries()) {
      const { cuis, query } = part[i]!;
      if (results.some(({ cui }) => cuis.has(cui))) score.inTen++;
      if (cuis.has(results[0]?.cui ?? "")) score.first++;
      else if (score.missed.length < 10) score.missed.push(`${query} → ${results[0]?.string}`);
    }
  }
  result[as] = score;
  const share = (count: number): string => `${((100 * count) / asked.length).toFixed(2)} %`;
  console.log(
    `${as.padEnd(8)} ${asked.length} asked, first ${share(score.first)}, in ten ${share(score.inTen)}`,
  );
}
mkdirSync(args.out, { recursive: true });
const report = { release: `${release.dataset} ${release.release}`, seed: Number(args.seed), ...result };
writeFileSync(join(args.out, "known-items.json"), `${JSON.stringify(report, null, 2)}\n`);
const { first, asked } = result["name"]!;
if (first / asked < GOAL) process.exitCode = 1;
