/**
 * Typing letter by letter: what the page asks after each letter, suggestions and a search, must be there within 50 ms
 * (p95).
 *
 *     node benchmarks/typing.ts --store lancedb:.termduet --dataset openmeta [--queries 100]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { served } from "./support/served.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
/** Ten letters each, as people begin to ask. */
const TEXTS = [
  "heart atta",
  "myocardial",
  "douleur th",
  "diabetes m",
  "hypertensi",
  "fracture d",
  "cephalee c",
  "lung cance",
  "asthma bro",
  "insuffisan",
  "epilepsy f",
  "paracetamo",
  "aspirin ta",
  "infection ",
  "fievre typ",
  "pneumonia ",
  "anemia fer",
  "mal de tet",
  "brain tumo",
  "vitamin de",
  "chest pain",
  "cancer du ",
  "renal fail",
  "shortness ",
];
const LIMIT_MS = 50;

await using server = await served(["--store", args.store, "--dataset", args.dataset, "--quiet"]);
const get = async (path: string): Promise<number> => {
  const started = performance.now();
  const response = await fetch(`${server.url}${path}`);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${response.status} for a text of the benchmark`);
  return performance.now() - started;
};
const times: Record<"suggest" | "search", number[][]> = { suggest: [], search: [] };
for (let length = 1; length <= 10; length++) times.suggest.push([]) && times.search.push([]);
await get("/api/v1/search?q=warm&k=10");
// Right after its start the server learns what single letters begin.
await sleep(5_000);
for (const text of TEXTS) {
  for (let length = 1; length <= 10; length++) {
    const q = encodeURIComponent(text.slice(0, length));
    times.suggest[length - 1]!.push(await get(`/api/v1/suggest?q=${q}`));
    times.search[length - 1]!.push(await get(`/api/v1/search?q=${q}&k=10`));
  }
}
const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!;
const result = Object.fromEntries(
  Object.entries(times).map(([what, byLength]) => {
    const all = byLength.flat();
    const p95ByLength = byLength.map((list) => Math.round(percentile(list, 0.95) * 10) / 10);
    return [
      what,
      { p50: percentile(all, 0.5), p95: percentile(all, 0.95), max: Math.max(...all), p95ByLength },
    ];
  }),
);
console.log(JSON.stringify(result, null, 2));
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "typing.json"), `${JSON.stringify(result, null, 2)}\n`);
if (result["suggest"]!.p95 > LIMIT_MS) process.exitCode = 1;
