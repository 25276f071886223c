/**
 * Open-loop load: requests are sent at fixed rates whether or not answers come, and times count from when a request was
 * due. Finds the highest rate with p99 ≤ 100 ms and no error, then asks for twice as much and looks how much of it is
 * answered well, whether memory stays bounded, and how long it takes to recover.
 *
 *     node benchmarks/load.ts --store lancedb:.termduet --dataset openmeta [--seconds 15] [--soak 0] [--path search]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { mixedQueries } from "./support/dev-queries.ts";
import { served } from "./support/served.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    seconds: { type: "string", default: "15" },
    /** Seconds at half the rate, for the memory. */
    soak: { type: "string", default: "60" },
    path: { type: "string", default: "search" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const P99_MS = 100;
/** Who has waited longer has gone. */
const PATIENCE_MS = 2_000;
const SECONDS = Number(args.seconds);

interface Outcome {
  dueMs: number;
  ms: number;
  status: number;
}

const queries = mixedQueries(args.queries);
const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
let next = 0;
await using server = await served(["--store", args.store, "--dataset", args.dataset, "--quiet"]);

function ask(dueMs: number): Promise<Outcome> {
  const query = encodeURIComponent(queries[next++ % queries.length]!);
  const path = args.path === "search" ? `/api/v1/search?q=${query}&k=10` : `/api/v1/${args.path}?q=${query}`;
  return new Promise((resolve) => {
    const done = (status: number): void => resolve({ dueMs, ms: performance.now() - dueMs, status });
    const sent = request(`${server.url}${path}`, { agent }, (response) => {
      response.resume();
      response.on("end", () => done(response.statusCode!));
      response.on("error", () => done(0));
    });
    sent.on("error", () => done(0));
    sent.end();
  });
}

async function at(rate: number, seconds: number): Promise<Outcome[]> {
  const started = performance.now();
  const pending: Promise<Outcome>[] = [];
  for (let i = 0; i < rate * seconds; i++) {
    const due = started + (1000 * i) / rate;
    const wait = due - performance.now();
    if (wait > 1) await sleep(wait);
    pending.push(ask(due));
  }
  return Promise.all(pending);
}

interface Figures {
  rate: number;
  goodPerSecond: number;
  p50: number;
  p99: number;
  refused: number;
  failed: number;
  residentMb: number;
}

function figuresOf(rate: number, outcomes: readonly Outcome[], seconds: number): Figures {
  const times = outcomes.map(({ ms }) => ms).sort((a, b) => a - b);
  const percentile = (share: number): number =>
    Math.round(times[Math.min(times.length - 1, Math.floor(share * times.length))]! * 10) / 10;
  const good = outcomes.filter(({ status, ms }) => status === 200 && ms <= PATIENCE_MS).length;
  const refused = outcomes.filter(({ status }) => status === 503 || status === 429).length;
  const failed = outcomes.filter(({ status }) => ![200, 503, 429].includes(status)).length;
  const goodPerSecond = Math.round((10 * good) / seconds) / 10;
  return {
    rate,
    goodPerSecond,
    p50: percentile(0.5),
    p99: percentile(0.99),
    refused,
    failed,
    residentMb: server.residentMb(),
  };
}

async function measure(rate: number): Promise<Figures> {
  const figures = figuresOf(rate, await at(rate, SECONDS), SECONDS);
  console.log(figures);
  await sleep(1_000);
  return figures;
}

const holds = ({ p99, refused, failed }: Figures): boolean => p99 <= P99_MS && refused === 0 && failed === 0;

await at(5, 5); // warm
const steps: Figures[] = [];
let [best, worst] = [0, Number.POSITIVE_INFINITY];
for (let rate = 8; worst === Number.POSITIVE_INFINITY && rate < 2_000; rate = Math.ceil(rate * 1.5)) {
  const figures = await measure(rate);
  steps.push(figures);
  if (holds(figures)) best = rate;
  else worst = rate;
}
for (let round = 0; round < 3 && worst - best > Math.max(1, best / 20); round++) {
  const rate = Math.round((best + worst) / 2);
  const figures = await measure(rate);
  steps.push(figures);
  if (holds(figures)) best = rate;
  else worst = rate;
}
// The peak of good answers lies above the rate with a good p99: what the machine can do at all.
let peak = Math.max(...steps.map(({ goodPerSecond }) => goodPerSecond));
for (let rate = Math.ceil(worst * 1.3); ; rate = Math.ceil(rate * 1.3)) {
  const figures = await measure(rate);
  steps.push(figures);
  if (figures.goodPerSecond <= peak * 1.03) break;
  peak = figures.goodPerSecond;
}
peak = Math.max(...steps.map(({ goodPerSecond }) => goodPerSecond));
const overloadRate = Math.ceil(2 * Math.max(best, peak));
const overload = figuresOf(overloadRate, await at(overloadRate, 2 * SECONDS), 2 * SECONDS);
console.log("overload", overload);
const ended = performance.now();
let recoveredMs: number | undefined;
const half = Math.max(1, Math.floor(best / 2));
while (recoveredMs === undefined && performance.now() - ended < 60_000) {
  const figures = figuresOf(half, await at(half, 2), 2);
  if (holds(figures)) recoveredMs = Math.round(performance.now() - ended - 2_000);
}
const before = server.residentMb();
const memory: number[] = [];
for (let second = 0; second < Number(args.soak); second += 10) {
  await at(half, 10);
  memory.push(server.residentMb());
}
const result = {
  queries: queries.length,
  best,
  peak,
  overload,
  overloadShare: overload.goodPerSecond / peak,
  recoveredMs,
  soak: { rate: half, seconds: Number(args.soak), before, memory },
  steps,
};
console.log({ ...result, steps: undefined });
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, `load-${args.path}.json`), `${JSON.stringify(result, null, 2)}\n`);
agent.destroy();
