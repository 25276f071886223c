import { renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { EncoderPool } from "../../src/encoder/encoder-pool.ts";
import { LoadedEncoder } from "../../src/encoder/loaded-encoder.ts";
import { cosine } from "../../src/vector-store/exact-cosine.ts";
import { flipped } from "../support/damage.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

const load = { provider: "cpu", threads: 1, tokenBudget: 256 } as const;

describe("a pool of encoder workers", () => {
  const folder = temporaryFolder();
  let tiny: EncoderFolder;
  beforeAll(async () => {
    tiny = await tinyEncoder("tiny-bert", join(folder.path, "tiny"));
  });
  afterAll(() => folder[Symbol.dispose]());

  test("gives the vectors that the encoder gives in this thread, to many callers at once", async () => {
    await using pool = await EncoderPool.start(tiny, 3, load);
    const here = await LoadedEncoder.load(tiny, load);
    const texts = Array.from({ length: 40 }, (_, i) => `term ${i} ${"x".repeat(i % 7)}`);
    const results = await Promise.all(texts.map((text) => pool.encode([text], "query")));
    const { vectors } = await here.encode(texts, "query");
    for (const [i, result] of results.entries())
      expect(cosine(result.vectors, vectors, i * 32)).toBeGreaterThan(0.999999);
    await here.release();
  });

  test("leaves the calling thread free while it works", async () => {
    await using pool = await EncoderPool.start(tiny, 1, load);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await pool.encode(
      Array.from({ length: 2000 }, (_, i) => `long enough to take a while ${i} ${i * 7919}`),
      "string",
    );
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  test("refuses work once it is closed, and answers what was waiting", async () => {
    const pool = await EncoderPool.start(tiny, 1, load);
    const waiting = Array.from({ length: 20 }, (_, i) => pool.encode([`t${i}`], "string"));
    const settled = Promise.allSettled(waiting);
    await pool[Symbol.asyncDispose]();
    expect((await settled).every((r) => r.status === "fulfilled" || r.reason.code === "unavailable")).toBe(
      true,
    );
    await expect(pool.encode(["x"], "string")).rejects.toMatchObject({ code: "unavailable" });
  });

  test("says what is wrong when the encoder can't be loaded", async () => {
    const broken: EncoderFolder = { ...tiny, folder: join(folder.path, "nowhere") };
    await expect(EncoderPool.start(broken, 2, load)).rejects.toMatchObject({ code: "bad-input" });
    await expect(EncoderPool.start(tiny, 1, { ...load, provider: "coreml" })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("CoreML exists on macOS alone"),
    });
  });

  test("refuses a model that was damaged since it was made, although it encodes", async () => {
    const damaged = await tinyEncoder("tiny-bert", join(folder.path, "damaged"));
    const model = join(damaged.folder, "model.onnx");
    flipped(model, statSync(model).size - 1000);
    await expect(EncoderPool.start(damaged, 1, load)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(/model\.onnx is not the file that encoder\.json names/),
    });
  });

  test("recovers by itself when the encoder is away for a while and its worker has died", async () => {
    const moved = await tinyEncoder("tiny-bert", join(folder.path, "moved"));
    const away = `${moved.folder}.away`;
    await using pool = await EncoderPool.start(moved, 1, load, {
      jobMs: 300,
      textMs: 0,
      rehireMs: 20,
      mostRehireMs: 50,
    });
    renameSync(moved.folder, away);
    // Longer than a job may take: the worker is given up, and none can be had.
    const long = Array.from({ length: 20_000 }, (_, i) => `a text that takes its time ${i * 7919}`);
    await expect(pool.encode(long, "query")).rejects.toMatchObject({ code: "unavailable" });
    await vi.waitUntil(async () => {
      const failed = await pool.encode(["x"], "query").catch((error) => error);
      return failed instanceof Error && /missing|no such file/i.test(failed.message);
    }, 20_000);
    renameSync(away, moved.folder);
    await vi.waitUntil(
      () =>
        pool.encode(["x"], "query").then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    );
  });
});
