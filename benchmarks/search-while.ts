/**
 * Asks a search API at a steady rate while a command runs, such as the ingest of the next release and its switch, and
 * counts what failed.
 *
 *     node benchmarks/search-while.ts --store qdrant+http://127.0.0.1:6333 --dataset openmeta [--rate 20] --
 *         node bin/termduet.js ingest openmeta-2026AA.zip --dataset openmeta --release 2026AA --store qdrant+http://…
 *
 * A request fails that is not answered with 200 and a page of results within ten seconds. Ends with 1 where one failed, or
 * the command did.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { mixedQueries } from "./support/dev-queries.ts";
import { percentile } from "./support/percentile.ts";
import { served } from "./support/served.ts";

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    store: { type: "string", default: "qdrant+http://127.0.0.1:6333" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    rate: { type: "string", default: "20" },
    /** Seconds before the command and after it. */
    around: { type: "string", default: "15" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const PATIENCE_MS = 10_000;
const [program, ...programArgs] = positionals;
if (program === undefined) throw new Error("no command; write it behind --");

const queries = mixedQueries(args.queries);
const failures: Record<string, number> = {};
/** Answers by the release that gave them, in the order in which releases were seen. */
const answers: Record<string, number> = {};
const times: number[] = [];
/** Failed or slow, in seconds from the start. */
const troubles: { at: number; ms: number; failed: boolean }[] = [];
const SLOW_MS = 1000;

async function ask(url: string, query: string): Promise<void> {
  const started = performance.now();
  let failed = false;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(`${url}/api/v1/search?q=${encodeURIComponent(query)}&k=10`, { signal });
    const page = (await response.json()) as { release?: string; results?: unknown[] };
    if (!response.ok) throw new Error(`status ${response.status}`);
    if (!page.results?.length) throw new Error("no results");
    answers[page.release!] = (answers[page.release!] ?? 0) + 1;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    failures[why] = (failures[why] ?? 0) + 1;
    failed = true;
  }
  const ms = performance.now() - started;
  if (!failed) times.push(ms);
  if (failed || ms > SLOW_MS) troubles.push({ at: Math.round(started / 1000), ms: Math.round(ms), failed });
}

/** Open loop: requests go out at their times, whether or not earlier ones were answered. */
async function askUntil(url: string, signal: AbortSignal): Promise<number> {
  const pending = new Set<Promise<void>>();
  const started = performance.now();
  let sent = 0;
  for (; !signal.aborted; sent++) {
    const wait = started + (1000 * sent) / Number(args.rate) - performance.now();
    if (wait > 0) await sleep(wait);
    const asked = ask(url, queries[sent % queries.length]!);
    pending.add(asked);
    void asked.then(() => pending.delete(asked));
  }
  await Promise.all(pending);
  return sent;
}

await using server = await served(["--store", args.store, "--dataset", args.dataset, "--quiet"]);
await ask(server.url, queries[0]!); // loads the encoders
times.length = troubles.length = 0;
const stop = new AbortController();
const asking = askUntil(server.url, stop.signal);
await sleep(1000 * Number(args.around));
const began = performance.now();
const child = spawn(program, programArgs, { stdio: ["ignore", "inherit", "inherit"] });
const [code] = await once(child, "close");
const seconds = (performance.now() - began) / 1000;
await sleep(1000 * Number(args.around));
stop.abort();
const sent = await asking;

const failed = Object.values(failures).reduce((sum, n) => sum + n, 0);
const result = {
  command: { program: [program, ...programArgs].join(" "), exitCode: code, seconds: Math.round(seconds) },
  rate: Number(args.rate),
  sent,
  failed,
  failures,
  answersByRelease: answers,
  troubles,
  ms: { p50: percentile(times, 0.5), p99: percentile(times, 0.99), longest: percentile(times, 1) },
};
console.log(JSON.stringify(result, null, 2));
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "search-while.json"), `${JSON.stringify(result, null, 2)}\n`);
if (failed > 0 || code !== 0) process.exitCode = 1;
