import { expect, test } from "vitest";
import { canMountDisks, cutsOfOneRun, faultsAfter } from "./support/power-cuts.ts";
import { memoryFolder, prepared } from "./support/prepared.ts";

const MOMENTS = [
  { after: "start", pauseMs: 900 },
  { after: "rating r30", pauseMs: 0 },
  { after: "key k1", pauseMs: 700 },
];

test("a loss of power loses nothing that was acknowledged, and --resume goes on (a sample of the drill)", async (context) => {
  using folder = memoryFolder();
  context.skip(
    !canMountDisks(folder.path),
    "no right to mount a disk image here: power cuts are not drilled",
  );
  const { encoder, tables, expected } = await prepared(folder.path, 300);
  const folders = { folder: folder.path, encoder, tables };
  for (const cut of await cutsOfOneRun(folders, "run", MOMENTS))
    expect(await faultsAfter(cut, folders, expected)).toEqual([]);
}, 300_000);
