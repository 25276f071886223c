import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readEncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { LoadedEncoder } from "../../src/encoder/loaded-encoder.ts";
import { cosine } from "../../src/vector-store/exact-cosine.ts";
import { optimizeCheckpoint } from "../support/optimize-checkpoint.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";

const CHECKPOINT = join(import.meta.dirname, "..", "..", "..", "shared", "models", "e5-small-eu");

describe.skipIf(!existsSync(CHECKPOINT))("the real XLM-R checkpoint (needs ../shared)", () => {
  test("gives in float32 the vectors that Transformers gives", async () => {
    using folder = temporaryFolder();
    const out = join(folder.path, "e5");
    await optimizeCheckpoint({
      checkpoint: CHECKPOINT,
      out,
      precision: "float32",
      calibrationTexts: [],
      manifest: {
        id: "e5",
        pooling: "mean",
        prefixes: { query: "query: ", string: "query: " },
        maxTokens: 128,
        description: "",
        license: "",
        base: "",
      },
      version: "0.0.0",
    });
    const encoder = await LoadedEncoder.load(readEncoderFolder(out), {
      provider: "cpu",
      threads: 1,
      tokenBudget: 256,
    });
    const golden: { text: string; mean: number[] }[] = JSON.parse(
      readFileSync(join(FIXTURES, "golden-e5-small-eu.json"), "utf8"),
    );
    const { vectors } = await encoder.encode(
      golden.map((g) => g.text),
      "query",
    );
    for (const [i, { mean }] of golden.entries())
      expect(cosine(Float32Array.from(mean), vectors, i * 384)).toBeGreaterThan(0.9999);
    await encoder.release();
  });
});
