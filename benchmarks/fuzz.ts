/**
 * 50,000 wrong, odd and right requests over all doors. Nothing may be answered with 5xx, hang, show a stack or a path, or
 * end the process.
 *
 *     node benchmarks/fuzz.ts --store lancedb:.termduet [--n 50000] [--seed 1]
 */
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { seededRandom } from "../src/evaluation/metrics/seeded-random.ts";
import { type FuzzRequest, faultOfAnswer, fuzzRequest } from "./support/fuzz-requests.ts";
import { served } from "./support/served.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string" },
    "encoders-folder": { type: "string" },
    n: { type: "string", default: "50000" },
    seed: { type: "string", default: "1" },
  },
});
const AT_ONCE = 4;
const HANG_MS = 15_000;

const folder = args["encoders-folder"];
const dataset = args.dataset === undefined ? [] : ["--dataset", args.dataset];
const options = ["--store", args.store, ...dataset, ...(folder ? ["--encoders-folder", folder] : [])];
await using server = await served(options);
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const random = seededRandom(Number(args.seed));
const statuses = new Map<number, number>();
const faults: string[] = [];
const { hostname, port } = new URL(server.url);

function send({ method, path, headers, body }: FuzzRequest): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent }, (response) => {
      let text = "";
      response.on("data", (data) => {
        text += String(data).slice(0, 200_000 - text.length);
      });
      response.on("end", () => resolve({ status: response.statusCode!, text }));
      response.on("error", reject);
    });
    sent.setTimeout(HANG_MS, () => sent.destroy(new Error("hang")));
    sent.on("error", reject);
    sent.end(body);
  });
}

async function faultIn(asked: FuzzRequest): Promise<string | undefined> {
  const shown = JSON.stringify(asked).slice(0, 400);
  try {
    const { status, text } = await send(asked);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const fault = faultOfAnswer(status, text);
    return fault && `${fault}: ${shown} → ${text.slice(0, 200)}`;
  } catch (error) {
    return `${(error as Error).message}: ${shown}`;
  }
}

const before = server.residentMb();
let [sent, late] = [0, 0];
async function worker(): Promise<void> {
  while (sent < Number(args.n)) {
    sent++;
    const asked = fuzzRequest(random);
    let fault = await faultIn(asked);
    // Other work on the machine may make a server late once; what hangs by itself hangs again.
    if (fault && /^(hang|status 504)/.test(fault)) {
      late++;
      fault = await faultIn(asked);
    }
    if (fault) faults.push(fault);
    if (sent % 5_000 === 0) console.error(`${sent} sent, ${faults.length} faults, ${server.residentMb()} MB`);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, worker));
const alive = server.isAlive() && (await fetch(`${server.url}/healthz`)).ok;
agent.destroy();
console.log({
  sent,
  late,
  statuses: Object.fromEntries([...statuses].sort(([a], [b]) => a - b)),
  faults: faults.length,
  alive,
  residentMb: { before, after: server.residentMb() },
});
for (const fault of faults.slice(0, 20)) console.log(fault);
// What the server says of its own faults: where they happened, and never what was asked.
for (const line of server
  .log()
  .split("\n")
  .filter((one) => one.includes('"fault"'))
  .slice(0, 20))
  console.log(line);
if (faults.length > 0 || !alive) process.exitCode = 1;
