import { join } from "node:path";
import { expect, test } from "vitest";
import { faultsOf, wholeStore } from "./support/damages.ts";
import { memoryFolder } from "./support/prepared.ts";

const SEED = Number(process.env["DAMAGE_SEED"] ?? 24_000);
const DAMAGES = 300;

test(`three hundred damages are seen, refused and never answered by (DAMAGE_SEED=${SEED})`, async () => {
  using folder = memoryFolder();
  const truth = await wholeStore(folder.path);
  const faults: string[] = [];
  for (let i = 0; i < DAMAGES; i++)
    faults.push(...(await faultsOf(truth, join(folder.path, `copy${i}`), SEED + i)));
  expect(faults).toEqual([]);
}, 3_600_000);
