/**
 * The bake-off of decision 20: indexes over the vectors of one encoder, each built and asked in a process of its own. Shows for each
 * the time and memory of building, bytes on disk, a first answer after opening, p50 and p99 of one query in one thread, and how much of
 * the true hundred is lost once the candidates have been compared exactly.
 *
 *     npm install --prefix /tmp/engines usearch@2.26.2 @zvec/zvec@0.7.0
 *     node benchmarks/engines.ts --store lancedb:.termduet --dataset openmeta --modules /tmp/engines/node_modules [--n 300000] [--only own]
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSearcher } from "../src/cli/open-searcher.ts";
import { EncoderCatalogue } from "../src/encoder/catalogue.ts";
import { VectorRows } from "../src/vector-store/embedded/vector-rows.ts";
import { cosine } from "../src/vector-store/exact-cosine.ts";
import { openStore } from "../src/vector-store/open-store.ts";
import { engines } from "./engines/all.ts";
import { type Asked, readRows } from "./engines/asked.ts";
import { mixedQueries } from "./support/dev-queries.ts";

const { values: args } = parseArgs({
  options: {
    store: { type: "string", default: "lancedb:.termduet" },
    dataset: { type: "string", default: "openmeta" },
    queries: { type: "string", default: "../shared/data/queries" },
    encoders: { type: "string", multiple: true, default: ["models/bundled"] },
    n: { type: "string", default: "300000" },
    asked: { type: "string", default: "200" },
    modules: { type: "string", default: "." },
    only: { type: "string", multiple: true, default: [] },
    out: { type: "string", default: "benchmarks/out" },
  },
});
const K = 100;
const HOUR_MS = 3_600_000;

async function asked(): Promise<Asked> {
  await using store = await openStore(args.store);
  await using opened = openSearcher(store, new EncoderCatalogue(args.encoders), "cpu");
  const release = await opened.searcher.releases.resolve(args.dataset);
  const [first] = await opened.searcher.retrievers(release);
  const { encoder, collection } = first!;
  const { dimension } = encoder.folder.manifest;
  const texts = mixedQueries(args.queries).slice(0, Number(args.asked));
  const made = await encoder.encode(texts, "query");
  const path = join(args.store.replace(/^lancedb:/, ""), "rows", collection);
  using stored = VectorRows.open(path, dimension);
  const count = Math.min(Number(args.n), stored.count);
  const vectors = readRows(path, dimension, count);
  const queries = texts.map((_, i) => made.vectors.slice(i * dimension, (i + 1) * dimension));
  const truth = queries.map((query) => {
    const near = Float64Array.from({ length: count }, (_, row) => cosine(query, vectors, row * dimension));
    const rows = Array.from(near.keys());
    return rows.sort((a, b) => near[b]! - near[a]! || a - b).slice(0, K);
  });
  return { path, dimension, count, queries: queries.map((query) => [...query]), truth };
}

/** The figures of one step; what went wrong where it did. */
function measured(step: string, name: string, file: string): Record<string, unknown> {
  const script = join(import.meta.dirname, "engines", "measure.ts");
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, step, name, file, args.modules], {
    encoding: "utf8",
    timeout: HOUR_MS,
  });
  const last = stdout.trim().split("\n").at(-1)!;
  if (status === 0 && last.startsWith("{")) return JSON.parse(last) as Record<string, unknown>;
  return { [step]: `failed: ${(stderr || stdout).trim().split("\n").slice(-3).join(" ").slice(0, 200)}` };
}

const work = mkdtempSync(join(tmpdir(), "termduet-engines-"));
try {
  const file = join(work, "asked.json");
  const what = await asked();
  writeFileSync(file, JSON.stringify(what));
  const names = Object.keys(engines(what.count, () => Promise.reject(new Error("not now"))));
  const results: Record<string, object> = {};
  for (const name of names.filter((one) => args.only.length === 0 || args.only.includes(one))) {
    results[name] = { ...measured("build", name, file), ...measured("ask", name, file) };
    console.log(name, JSON.stringify(results[name]));
    rmSync(join(work, name), { recursive: true, force: true });
  }
  console.table(results);
  mkdirSync(args.out, { recursive: true });
  const { count, dimension, queries } = what;
  writeFileSync(
    join(args.out, "engines.json"),
    `${JSON.stringify({ count, dimension, queries: queries.length, results }, null, 2)}\n`,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
