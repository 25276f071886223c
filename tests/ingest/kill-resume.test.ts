import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../../src/vector-store/open-store.ts";
import { seeded } from "../support/random-vectors.ts";
import { runCli } from "../support/run-cli.ts";
import { type StoreContents, storeContents } from "../support/store-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

const SAMPLE = join(import.meta.dirname, "..", "..", "sample", "META");
// Printed when a test fails; set it to repeat one.
const SEED = Number(process.env["KILL_SEED"] ?? Date.now() % 1_000_000);

describe(`an ingest that is killed (KILL_SEED=${SEED})`, () => {
  const folder = temporaryFolder();
  const args: string[] = [
    "ingest",
    SAMPLE,
    "--dataset",
    "sample",
    "--release",
    "1",
    "--block-size",
    "300",
    "--workers",
    "1",
  ];
  let unbroken: StoreContents;
  let tookMs: number;

  const contents = async (name: string): Promise<StoreContents> => {
    await using store = await openStore(`lancedb:${join(folder.path, name)}`);
    return await storeContents(store);
  };
  const storeArgs = (name: string): string[] => ["--store", `lancedb:${join(folder.path, name)}`];

  beforeAll(async () => {
    for (const [checkpoint, name, definitions] of [
      ["tiny-bert", "a", { from: 0.5, weight: 0.3 }],
      ["tiny-xlmr", "b", undefined],
    ] as const) {
      args.push(
        "--encoder",
        (await tinyEncoder(checkpoint, join(folder.path, name), { definitions })).folder,
      );
    }
    const started = Date.now();
    expect(await runCli([...args, ...storeArgs("unbroken")])).toMatchObject({ code: 0 });
    tookMs = Date.now() - started;
    unbroken = await contents("unbroken");
  });
  afterAll(() => folder[Symbol.dispose]());

  test("gives, once resumed, the store of an unbroken run, wherever it was killed", async () => {
    const random = seeded(SEED);
    let kills = 0;
    const run = async (extra: string[]): Promise<number | null> => {
      const killAfterMs = 300 + random() * tookMs;
      return (await runCli([...args, ...storeArgs("killed"), ...extra], { killAfterMs })).code;
    };
    let code = await run([]);
    for (; code === null && kills < 6; kills++) code = await run(["--resume"]);
    if (code === null) code = (await runCli([...args, ...storeArgs("killed"), "--resume"])).code;
    expect(code).toBe(0);
    const killed = await contents("killed");
    expect(killed.record.counts).toEqual(unbroken.record.counts);
    expect([...killed.strings]).toEqual([...unbroken.strings]);
    expect([...killed.concepts]).toEqual([...unbroken.concepts]);
    expect([...killed.definitions]).toEqual([...unbroken.definitions]);
    for (const [encoder, rows] of unbroken.vectors) {
      const again = killed.vectors.get(encoder)!;
      expect([...again.keys()]).toEqual([...rows.keys()]);
      for (const [id, vector] of rows) expect(again.get(id)).toEqual(vector);
    }
  }, 300_000);

  test("is not begun again by accident, nor resumed from another source", async () => {
    const store = storeArgs("refused");
    // Killed when the first block has been encoded, which is after the plan was written.
    await runCli([...args, ...store], { killAfterMs: Math.min(1500, tookMs * 0.6) });
    const plain = await runCli([...args, ...store]);
    if (plain.code === 0) return; // killed before it began or after it ended: nothing to refuse
    expect(plain).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/was not finished .*--resume.*--restart/),
    });
    const other = await runCli([...args, ...store, "--resume", "--lat", "FRE"]);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining("--restart") });
    expect(await runCli([...args, ...store, "--restart"])).toMatchObject({ code: 0 });
  }, 120_000);
});
