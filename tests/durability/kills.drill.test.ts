import { join } from "node:path";
import { expect, test } from "vitest";
import { seeded } from "../support/random-vectors.ts";
import { runCli } from "../support/run-cli.ts";
import { killedRun } from "./support/kills.ts";
import { memoryFolder, prepared } from "./support/prepared.ts";

const SEED = Number(process.env["KILL_SEED"] ?? 24);
const RUNS = 100;

test(`a hundred ingests and imports that are killed give the store of an unbroken one (KILL_SEED=${SEED})`, async () => {
  using folder = memoryFolder();
  const ready = await prepared(folder.path, 400);
  const archive = join(folder.path, "archive");
  const unbroken = `lancedb:${join(folder.path, "unbroken")}`;
  expect((await runCli(["releases", "export", "d", "1", "--out", archive, "--store", unbroken])).code).toBe(
    0,
  );
  const faults: string[] = [];
  let kills = 0;
  const random = seeded(SEED);
  // Two at a time, as many as there are cores.
  const worker = async (first: number): Promise<void> => {
    for (let i = first; i < RUNS; i += 2) {
      const given = { folder: folder.path, name: `run${i}`, random, ...(i % 5 === 4 ? { archive } : {}) };
      const run = await killedRun(ready, given);
      faults.push(...run.faults);
      kills += run.kills;
    }
  };
  await Promise.all([worker(0), worker(1)]);
  process.stdout.write(`kills: ${kills} in ${RUNS} runs\n`);
  expect(faults).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(RUNS);
}, 3_600_000);
