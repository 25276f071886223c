import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { canMount, faultsAtLevel } from "./support/full-disks.ts";
import { memoryFolder, prepared } from "./support/prepared.ts";

const LEVELS = 40;
const MOST_KILOBYTES = 1_200;

test("a disk that is full at forty levels: the active release stays, the reason is said, --resume goes on", async (context) => {
  using folder = memoryFolder();
  context.skip(!canMount(folder.path), "no right to mount a file system here: full disks are not drilled");
  const ready = await prepared(folder.path, 300);
  const store = join(folder.path, "first");
  expect((await runCli(ready.ingest("1", store))).code).toBe(0);
  const faults: string[] = [];
  const failed = new Map<string, number>();
  for (let level = 0; level < LEVELS; level++) {
    const free = 4 * Math.round((MOST_KILOBYTES * level) / LEVELS / 4);
    const found = await faultsAtLevel(ready, join(folder.path, "disk"), store, free);
    faults.push(...found.faults);
    for (const what of found.failed) failed.set(what, (failed.get(what) ?? 0) + 1);
  }
  process.stdout.write(`full disks: failed ${JSON.stringify(Object.fromEntries(failed))} of ${LEVELS}\n`);
  expect(faults).toEqual([]);
  expect(failed.get("ingest")).toBeGreaterThan(LEVELS / 4);
}, 3_600_000);
