/**
 * A long time at one rate: memory must stay flat and nothing may fail. Says every minute how it stands, and at the end how
 * memory went: the mean of both halves, and the slope of a line through the second, in MB an hour.
 *
 *     node benchmarks/soak.ts --store lancedb:.termduet --dataset openmeta --rate 10 [--minutes 60]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mixedQueries } from "./support/dev-queries.ts";
import { OpenLoop, searchPaths } from "./support/open-loop.ts";
import { served } from "./support/served.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    rate: { type: "string", default: "10" },
    minutes: { type: "string", default: "60" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
await using server = await served(["--store", args.store, "--dataset", args.dataset, "--quiet"]);
using loop = new OpenLoop(server.url, searchPaths(mixedQueries(args.queries)));
const minutes: Record<"minute" | "residentMb" | "p50" | "p99" | "good" | "refused" | "failed", number>[] = [];
for (let minute = 1; minute <= Number(args.minutes); minute++) {
  const { p50, p99, goodPerSecond, refused, failed } = await loop.at(Number(args.rate), 60);
  const good = Math.round(60 * goodPerSecond);
  minutes.push({ minute, residentMb: server.residentMb(), p50, p99, good, refused, failed });
  console.log(new Date().toISOString(), JSON.stringify(minutes.at(-1)));
}
const half = Math.floor(minutes.length / 2);
const meanMb = (list: typeof minutes): number =>
  Math.round(list.reduce((sum, { residentMb }) => sum + residentMb, 0) / list.length);
const result = {
  rate: Number(args.rate),
  good: minutes.reduce((sum, { good }) => sum + good, 0),
  refused: minutes.reduce((sum, { refused }) => sum + refused, 0),
  failed: minutes.reduce((sum, { failed }) => sum + failed, 0),
  firstHalfMb: meanMb(minutes.slice(0, half)),
  secondHalfMb: meanMb(minutes.slice(half)),
  slopeMbPerHour: slope(minutes.slice(half).map(({ minute, residentMb }) => [minute / 60, residentMb])),
};
console.log(result);
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "soak.json"), `${JSON.stringify({ ...result, minutes }, null, 2)}\n`);

/** Least squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0);
  return Math.round((10 * over) / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0)) / 10;
}
