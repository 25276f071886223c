import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { canMount, faultsAtLevel } from "./support/full-disks.ts";
import { memoryFolder, prepared } from "./support/prepared.ts";

test("a full disk leaves the active release, says the reason, and --resume goes on (a sample of the drill)", async (context) => {
  using folder = memoryFolder();
  context.skip(!canMount(folder.path), "no right to mount a file system here: full disks are not drilled");
  const ready = await prepared(folder.path, 300);
  const store = join(folder.path, "first");
  expect((await runCli(ready.ingest("1", store))).code).toBe(0);
  const failed: string[] = [];
  for (const free of [0, 4, 100, 500]) {
    const found = await faultsAtLevel(ready, join(folder.path, "disk"), store, free);
    expect(found.faults).toEqual([]);
    failed.push(...found.failed);
  }
  expect(failed).toContain("ingest");
}, 600_000);
