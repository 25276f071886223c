import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openStore } from "../../src/vector-store/open-store.ts";
import { activeReleases, releaseRecords } from "../../src/vector-store/release-record.ts";
import { runCli } from "../support/run-cli.ts";
import { memoryFolder, prepared } from "./support/prepared.ts";

const ROUNDS = 20;
const WRITES = 10_000;

test("twenty rounds of four ingests at once of different datasets: all four are there each time", async () => {
  using folder = memoryFolder();
  const { ingest } = await prepared(folder.path, 200);
  for (let round = 0; round < ROUNDS; round++) {
    const store = join(folder.path, `round${round}`);
    const names = ["d1", "d2", "d3", "d4"];
    const done = await Promise.all(
      names.map((name) => runCli(ingest("1", store).map((arg) => (arg === "d" ? name : arg)))),
    );
    expect(done.map(({ code, stderr }) => [code, stderr])).toEqual(names.map(() => [0, ""]));
    await using opened = await openStore(`lancedb:${store}`);
    expect((await releaseRecords(opened)).map(({ dataset }) => dataset)).toEqual(names);
    expect(await activeReleases(opened)).toHaveLength(4);
    rmSync(store, { recursive: true });
  }
}, 3_600_000);

test("ten thousand writes of metadata by four processes: none is lost", async () => {
  using folder = memoryFolder();
  const path = join(folder.path, "store");
  const module = join(import.meta.dirname, "..", "..", "src", "vector-store", "open-store.ts");
  const script = `
    const { openStore } = await import(${JSON.stringify(module)});
    const store = await openStore("lancedb:" + process.argv[1]);
    for (let i = 0; i < ${WRITES / 4}; i++) await store.putMetadata(process.argv[2] + "/" + i, { i, who: process.argv[2] });
    await store[Symbol.asyncDispose]();`;
  const run = promisify(execFile);
  const writers = ["a", "b", "c", "d"];
  await Promise.all(
    writers.map((who) => run(process.execPath, ["--input-type=module", "-e", script, path, who])),
  );
  await using store = await openStore(`lancedb:${path}`);
  const kept = await store.metadata();
  for (const who of writers)
    for (let i = 0; i < WRITES / 4; i++) expect(kept[`${who}/${i}`]).toEqual({ i, who });
  expect(await store.recordDamages!()).toEqual([]);
}, 1_200_000);
