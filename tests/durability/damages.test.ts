import { join } from "node:path";
import { expect, test } from "vitest";
import { faultsOf, wholeStore } from "./support/damages.ts";
import { memoryFolder } from "./support/prepared.ts";

test("damages are seen, refused and never answered by (a sample of the drill)", async () => {
  using folder = memoryFolder();
  const truth = await wholeStore(folder.path);
  const faults: string[] = [];
  for (let i = 0; i < 10; i++) faults.push(...(await faultsOf(truth, join(folder.path, `copy${i}`), i)));
  expect(faults).toEqual([]);
}, 300_000);
