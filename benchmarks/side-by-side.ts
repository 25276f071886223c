/**
 * Two versions side by side, in one run: the same queries go to the server of an earlier checkout and to this one's, in turn, over HTTP.
 * Prints p50, p95 and p99 of both, their ratios, and how often the first ten are the same concepts in the same order.
 *
 *     git worktree add /tmp/before COMMIT && (cd /tmp/before && npm ci)
 *     node benchmarks/side-by-side.ts --before /tmp/before --before-store lancedb:/data/before --store lancedb:/data/now
 *         --dataset openmeta [--path search|suggest] [--filter sab=HPO] [--n 640] [--queries ../shared/data/queries]
 */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { mixedQueries } from "./support/dev-queries.ts";
import { percentile } from "./support/percentile.ts";

const { values: args } = parseArgs({
  options: {
    before: { type: "string", default: "." },
    "before-store": { type: "string", default: "lancedb:.termduet" },
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    path: { type: "string", default: "search" },
    /** Added to the address of every request. */
    filter: { type: "string", default: "" },
    n: { type: "string", default: "640" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const WARM = 60;

interface Side extends AsyncDisposable {
  ask(text: string): Promise<{ ms: number; concepts: string }>;
}

interface Answer {
  results?: { cui: string }[];
}

async function side(checkout: string, store: string): Promise<Side> {
  const node = join(resolve(checkout), "node_modules", ".bin", "node");
  const given = ["serve", "--port", "0", "--recall-canary", "0", "--quiet", "--store", store];
  const child = spawn(node, ["bin/termduet.js", ...given, "--dataset", args.dataset], {
    cwd: checkout,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((ready, failed) => {
    child.stdout.on("data", (data) => {
      const found = /Termduet is at (\S+)/.exec(String(data))?.[1];
      if (found) ready(found);
    });
    child.once("close", (code) => failed(new Error(`serve in ${checkout} ended with ${code}`)));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask(text) {
      const filter = args.filter ? `&${args.filter}` : "";
      const address = `${url}/api/v1/${args.path}?q=${encodeURIComponent(text)}&k=10${filter}`;
      const started = performance.now();
      return new Promise((done, failed) => {
        get(address, { agent }, (response) => {
          let body = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => {
            body += part;
          });
          response.once("end", () => {
            const ms = performance.now() - started;
            if (response.statusCode !== 200) return failed(new Error(`${response.statusCode} for a query`));
            const { results = [] } = JSON.parse(body) as Answer;
            done({ ms, concepts: results.map(({ cui }) => cui).join(" ") });
          });
        }).once("error", failed);
      });
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      const ended = new Promise((closed) => child.once("close", closed));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

await using before = await side(args.before, args["before-store"]);
await using now = await side(join(import.meta.dirname, ".."), args.store);
const queries = mixedQueries(args.queries).slice(0, WARM + Number(args.n));
const times = { before: [] as number[], now: [] as number[] };
let same = 0;
for (const [i, text] of queries.entries()) {
  // Who comes first changes: neither shall have the warmer processor.
  const one = i % 2 === 0 ? await before.ask(text) : undefined;
  const two = await now.ask(text);
  const first = one ?? (await before.ask(text));
  if (i < WARM) continue;
  times.before.push(first.ms);
  times.now.push(two.ms);
  if (first.concepts === two.concepts) same++;
}
const figures = (ms: number[]) => ({
  p50: percentile(ms, 0.5),
  p95: percentile(ms, 0.95),
  p99: percentile(ms, 0.99),
});
const [a, b] = [figures(times.before), figures(times.now)];
const ratio = (one: number, other: number): number => Math.round((100 * other) / one) / 100;
const result = {
  path: args.path,
  filter: args.filter,
  queries: times.now.length,
  before: a,
  now: b,
  ratio: { p50: ratio(a.p50, b.p50), p95: ratio(a.p95, b.p95), p99: ratio(a.p99, b.p99) },
  sameFirstTen: same / times.now.length,
};
console.log(JSON.stringify(result, null, 2));
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "side-by-side.json"), `${JSON.stringify(result, null, 2)}\n`);
