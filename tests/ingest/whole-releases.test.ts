import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ingest } from "../../ingest/ingest.ts";
import type { IngestOptions } from "../../ingest/ingest-options.ts";
import { remove, removeUnfinished } from "../../ingest/releases/manage-releases.ts";
import { lockDataset } from "../../ingest/work/dataset-lock.ts";
import { unfinishedReleases } from "../../ingest/work/generations.ts";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import { activeReleases } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { flipped } from "../support/damage.ts";
import { runCli } from "../support/run-cli.ts";
import { SAMPLE, sampleIngest } from "../support/sample-store.ts";
import { storeContents } from "../support/store-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

const folder = temporaryFolder();
let encoder: EncoderFolder;
beforeAll(async () => {
  encoder = await tinyEncoder("tiny-bert", join(folder.path, "a"));
});
afterAll(() => folder[Symbol.dispose]());

/** A store in a folder of its own, and what ingests the sample into it. */
async function opened(
  name: string,
): Promise<AsyncDisposable & { store: VectorStore; path: string; url: string }> {
  const path = join(folder.path, name);
  const store = await openStore(`lancedb:${path}`);
  return { store, path, url: store.url, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

function into(store: VectorStore, given: Partial<IngestOptions> = {}): Promise<{ status: string }> {
  return ingest(sampleIngest(folder.path, { store, encoders: [encoder], atomsPerBlock: 10_000, ...given }));
}

describe("a release that is damaged", () => {
  test("is not called unchanged, nor copied from, and is rebuilt by --restart, whatever its state", async () => {
    await using first = await opened("damaged");
    await into(first.store);
    const whole = await storeContents(first.store);
    const vectors = join(first.path, "rows", `${whole.record.encoders[0]!.collection}.vectors`);
    flipped(vectors, 40_000);
    await using again = await opened("damaged");
    await expect(into(again.store)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(
        /sample 1 is in the store, but not whole: .*\.vectors is damaged.*--restart/,
      ),
    });
    await expect(into(again.store, { release: "2", mode: "either" })).rejects.toMatchObject({
      message: expect.stringMatching(/\.vectors is damaged/),
    });
    expect((await activeReleases(again.store)).map(({ release }) => release)).toEqual(["1"]);
    // What is damaged is encoded anew, also for the next release.
    expect(await into(again.store, { release: "2", mode: "restart" })).toMatchObject({ status: "ingested" });
    const next = await storeContents(again.store);
    expect([...next.vectors.values()]).toEqual([...whole.vectors.values()]);

    rmSync(join(first.path, "rows"), { recursive: true });
    await using bare = await opened("damaged");
    await expect(into(bare.store, { release: "2" })).rejects.toMatchObject({
      message: expect.stringContaining("--restart"),
    });
    expect(await into(bare.store, { release: "2", mode: "restart" })).toMatchObject({ status: "ingested" });
    expect([...(await storeContents(bare.store)).vectors.values()]).toEqual([...whole.vectors.values()]);
    expect(await into(bare.store, { release: "2" })).toMatchObject({ status: "unchanged" });
  }, 240_000);

  test("is named by doctor --deep with its file, and by doctor when it can't be searched", async () => {
    const { path, url } = await (async () => {
      await using own = await opened("doctor");
      await into(own.store);
      return own;
    })();
    const args = ["doctor", "--store", url, "--encoders-folder", folder.path];
    expect((await runCli([...args, "--deep"])).stdout).toContain(
      "ok     checksums of sample 1: all as written",
    );
    const [strings] = readdirSync(join(path, "rows")).filter((name) => name.endsWith("strings.bodies"));
    flipped(join(path, "rows", strings!), 99_999);
    const deep = await runCli([...args, "--deep"]);
    expect(deep.code).toBe(1);
    expect(deep.stdout).toMatch(
      /WRONG {2}checksums of sample 1: .*strings\.bodies is damaged in bytes .*--restart/,
    );
    rmSync(join(path, "rows"), { recursive: true });
    expect((await runCli(args)).stdout).toMatch(/WRONG {2}store: .*rows/);
  }, 120_000);
});

describe("a store that several use", () => {
  test("takes different datasets at once, and refuses a second ingest of one with the name of the first", async () => {
    await using own = await opened("shared");
    const given = (dataset: string): Partial<IngestOptions> => ({
      dataset,
      workFolder: join(folder.path, `work-${dataset}`),
    });
    const others = await Promise.all(["a", "b", "c"].map(() => opened("shared")));
    const done = await Promise.all(others.map(({ store }, i) => into(store, given(`d${i}`))));
    expect(done.map(({ status }) => status)).toEqual(["ingested", "ingested", "ingested"]);
    expect((await activeReleases(own.store)).map(({ dataset }) => dataset)).toEqual(["d0", "d1", "d2"]);
    {
      using _ = lockDataset(own.store, "d1", "an ingest of d1 2");
      await expect(into(others[0]!.store, { ...given("d1"), release: "3" })).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringMatching(/^d1 in lancedb:.* is held by an ingest of d1 2 \(process \d+ on /),
      });
      expect(await into(others[0]!.store, { ...given("d2"), release: "3" })).toMatchObject({
        status: "ingested",
      });
    }
    for (const { store } of others) await store[Symbol.asyncDispose]();
  }, 240_000);

  test("never uses a name again, so that who has a removed release open finds the new one", async () => {
    await using reader = await opened("again");
    await using writer = await opened("again");
    await into(writer.store);
    await into(writer.store, { release: "2" });
    const [two] = await activeReleases(reader.store);
    expect(await reader.store.count(two!.strings)).toBeGreaterThan(0);
    await into(writer.store, { release: "3" });
    await remove(writer.store, "sample", "2");
    const gone = reader.store.fetch(two!.strings, [{ ordinal: 0 }]);
    await expect(gone).rejects.toMatchObject({ code: "not-found" });
    await into(writer.store, { release: "2" });
    const [again] = await activeReleases(reader.store);
    expect(again!.release).toBe("2");
    expect(again!.strings).not.toBe(two!.strings);
    expect(await reader.store.count(again!.strings)).toBe(again!.counts.strings);
  }, 240_000);

  test("lists and removes what a run left that was given up", async () => {
    await using own = await opened("left");
    const stop = new AbortController();
    const run = into(own.store, {
      signal: stop.signal,
      onProgress: ({ stage }) => {
        if (stage === "encode") stop.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ name: "AbortError" });
    const [left] = await unfinishedReleases(own.store);
    expect(left).toMatchObject({ dataset: "sample", release: "1", generation: 1 });
    const args = ["--store", own.url];
    expect((await runCli(["releases", "list", "--unfinished", ...args])).stdout).toMatch(/sample +1 +1/);
    expect((await removeUnfinished(own.store, "sample", "1")).sort()).toEqual(left!.collections.sort());
    expect(await own.store.collections()).toEqual([]);
    // The work folder speaks of what is gone.
    await expect(into(own.store, { mode: "resume" })).rejects.toMatchObject({
      message: expect.stringMatching(/not in .* any more; use --restart/),
    });
    await into(own.store, { source: join(SAMPLE, "META"), mode: "restart" });
    const [record] = await activeReleases(own.store);
    expect(record!.generation).toBe(2);
  }, 120_000);
});
