import { join } from "node:path";
import { expect, test } from "vitest";
import { seeded } from "../support/random-vectors.ts";
import { runCli } from "../support/run-cli.ts";
import { SAMPLE } from "../support/sample-store.ts";
import { hashOfRelease } from "./support/contents.ts";
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

test("twenty ingests of French names with the bundled encoders that are killed give the store of an unbroken one", async () => {
  using folder = memoryFolder();
  const random = seeded(SEED);
  const given = ["--lat", "FRE", "--dataset", "d", "--release", "2", "--block-size", "100", "--workers", "1"];
  const ingest = (_: string, store: string, ...more: string[]): string[] => [
    ...["ingest", join(SAMPLE, "META"), ...given, "--store", `lancedb:${store}`, ...more],
  ];
  const unbroken = join(folder.path, "unbroken");
  expect((await runCli(ingest("2", unbroken))).code).toBe(0);
  const expected = new Map([["2", await hashOfRelease(unbroken, "d", "2")]]);
  const ready = { encoder: "", tables: "", expected, ingest };
  const faults: string[] = [];
  let kills = 0;
  for (let i = 0; i < 20; i++) {
    const run = await killedRun(ready, { folder: folder.path, name: `bundled${i}`, random, sooner: 2_500 });
    faults.push(...run.faults);
    kills += run.kills;
  }
  process.stdout.write(`kills with the bundled encoders: ${kills} in 20 runs\n`);
  expect(faults).toEqual([]);
}, 3_600_000);
