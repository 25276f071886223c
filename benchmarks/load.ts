/**
 * Open-loop load: requests are sent at fixed rates whether or not answers come, and times count from when a request was
 * due. Finds the highest rate with p99 ≤ 100 ms and no error, then asks for twice as much and looks how much of it is
 * answered well, whether memory stays bounded, and how long it takes to recover. `soak.ts` goes on for an hour.
 *
 *     node benchmarks/load.ts --store lancedb:.termduet --dataset openmeta [--seconds 15] [--path search]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { mixedQueries } from "./support/dev-queries.ts";
import { type Figures, OpenLoop, searchPaths } from "./support/open-loop.ts";
import { served } from "./support/served.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    seconds: { type: "string", default: "15" },
    path: { type: "string", default: "search" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const P99_MS = 100;
const SECONDS = Number(args.seconds);
const RECOVERY_MS = 60_000;

const queries = mixedQueries(args.queries);
await using server = await served(["--store", args.store, "--dataset", args.dataset, "--quiet"]);
using loop = new OpenLoop(server.url, searchPaths(queries, args.path));
const holds = ({ p99, refused, failed }: Figures): boolean => p99 <= P99_MS && refused === 0 && failed === 0;
const steps: (Figures & { residentMb: number })[] = [];

async function measure(rate: number, seconds = SECONDS): Promise<Figures> {
  const figures = { ...(await loop.at(rate, seconds)), residentMb: server.residentMb() };
  console.log(JSON.stringify(figures));
  steps.push(figures);
  await sleep(1_000);
  return figures;
}

/** A rate that does not hold is asked once more: what else the machine did for a moment shall not decide. */
async function canHold(rate: number): Promise<boolean> {
  return holds(await measure(rate)) || holds(await measure(rate));
}

await loop.at(20, 30); // warm: what the service reads of its store it has read once
let [best, worst] = [0, Number.POSITIVE_INFINITY];
for (let rate = 8; worst === Number.POSITIVE_INFINITY && rate < 2_000; rate = Math.ceil(rate * 1.5)) {
  if (await canHold(rate)) best = rate;
  else worst = rate;
}
for (let round = 0; round < 3 && worst - best > Math.max(1, best / 20); round++) {
  const rate = Math.round((best + worst) / 2);
  if (await canHold(rate)) best = rate;
  else worst = rate;
}
// The peak of good answers lies above the rate with a good p99: what the machine can do at all.
for (let rate = Math.ceil(worst * 1.3); ; rate = Math.ceil(rate * 1.3))
  if ((await measure(rate)).goodPerSecond < 0.9 * rate) break;
const peak = Math.max(...steps.map(({ goodPerSecond }) => goodPerSecond));
const beforeMb = server.residentMb();
const overload = await loop.at(Math.ceil(2 * Math.max(best, peak)), 2 * SECONDS);
const ended = performance.now();
const afterMb = server.residentMb();
console.log("overload", JSON.stringify({ ...overload, beforeMb, afterMb }));
let recoveredMs: number | undefined;
while (recoveredMs === undefined && performance.now() - ended < RECOVERY_MS) {
  const began = performance.now();
  if (holds(await loop.at(Math.max(1, Math.floor(best / 2)), 3))) recoveredMs = Math.round(began - ended);
}
const result = {
  queries: queries.length,
  best,
  peak,
  overload: { ...overload, beforeMb, afterMb },
  overloadShare: overload.goodPerSecond / peak,
  recoveredMs,
  steps,
};
console.log({ ...result, steps: undefined });
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, `load-${args.path}.json`), `${JSON.stringify(result, null, 2)}\n`);
