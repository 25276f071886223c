import { expect, test } from "vitest";
import { seeded } from "../support/random-vectors.ts";
import { canMountDisks, cutsOfOneRun, faultsAfter, someMoments } from "./support/power-cuts.ts";
import { memoryFolder, prepared } from "./support/prepared.ts";

const SEED = Number(process.env["POWER_SEED"] ?? 24);
const MOMENTS = 30;
const PER_RUN = 6;

test(`thirty losses of power lose nothing that was acknowledged, and --resume goes on (POWER_SEED=${SEED})`, async (context) => {
  using folder = memoryFolder();
  context.skip(
    !canMountDisks(folder.path),
    "no right to mount a disk image here: power cuts are not drilled",
  );
  const { encoder, tables, expected } = await prepared(folder.path);
  const folders = { folder: folder.path, encoder, tables };
  const random = seeded(SEED);
  const faults: string[] = [];
  let done = 0;
  const seen = new Map<string, number>();
  for (let run = 0; done < MOMENTS; run++) {
    const moments = someMoments(random, Math.min(PER_RUN, MOMENTS - done));
    for (const cut of await cutsOfOneRun(folders, `run${run}`, moments)) {
      const found = await faultsAfter(cut, folders, expected);
      faults.push(...found.map((fault) => `after ${cut.acknowledged.at(-1) ?? "nothing"}: ${fault}`));
      const where = cut.acknowledged.at(-1)?.replace(/^rating .*/, "a rating") ?? "nothing";
      seen.set(where, (seen.get(where) ?? 0) + 1);
      done++;
    }
  }
  process.stdout.write(`power cuts: ${done}, after ${JSON.stringify(Object.fromEntries(seen))}\n`);
  expect(faults).toEqual([]);
}, 1_800_000);
