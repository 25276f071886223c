import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { gradedPairs } from "../evaluation/graded-pairs.ts";
import { isotonicFit } from "../evaluation/isotonic-fit.ts";
import { ActiveReleaseLookup } from "../retrieval/active-release.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { openStore } from "../vector-store/open-store.ts";
import { catalogueOf, datasetOption, encodersFolderOption, storeOption } from "./common-options.ts";
import { whole } from "./settings.ts";

interface Options {
  dataset?: string;
  store: string;
  encodersFolder: string;
  queries: number;
  seed: number;
}

const NEIGHBOURS = 10;

export function calibrateCommand(): Command {
  const command = new Command("calibrate")
    .argument("<encoder>", "id or folder of an encoder that the active release was encoded with")
    .option("--queries <n>", "strings of the release to ask", whole("--queries", 10, 100_000), 2000)
    .option("--seed <n>", "of the sample", whole("--seed", 0, 2 ** 31), 1);
  for (const add of [datasetOption, storeOption, encodersFolderOption]) add(command);
  return command.action(run);
}

async function run(idOrPath: string, options: Options): Promise<void> {
  const encoder = catalogueOf(options).find(idOrPath);
  await using store = await openStore(options.store);
  const release = await new ActiveReleaseLookup(store).resolve(options.dataset);
  const leg = release.encoders.find((e) => e.hash === encoder.hash);
  const name = `${release.dataset} ${release.release}`;
  if (!leg)
    throw new TermduetError(
      "incompatible",
      `${name} was not encoded with ${encoder.manifest.id} (${encoder.hash}); ingest it with that encoder first`,
    );
  const random = seeded(options.seed);
  const pairs = await gradedPairs({
    store,
    release,
    collection: leg.collection,
    queries: options.queries,
    neighbours: NEIGHBOURS,
    random,
  });
  const points = isotonicFit(pairs);
  const path = join(encoder.folder, "encoder.json");
  const method = `isotonic on ${pairs.length} graded pairs of ${name}`;
  const manifest = { ...JSON.parse(readFileSync(path, "utf8")), calibrator: { method, points } };
  writeFileSync(`${path}.new`, `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(`${path}.new`, path);
  process.stdout.write(
    `${encoder.manifest.id}: ${method}\n${points.map(([cosine, grade]) => `  ${cosine.toFixed(3)} → ${grade.toFixed(2)}\n`).join("")}`,
  );
}

/** mulberry32: the same sample for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
