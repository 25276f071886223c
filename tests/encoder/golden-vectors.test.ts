import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { LoadedEncoder } from "../../src/encoder/loaded-encoder.ts";
import { Tokenizer } from "../../src/encoder/tokenizer.ts";
import { cosine } from "../../src/vector-store/exact-cosine.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES, tinyEncoder } from "../support/tiny-encoders.ts";

/** Written by tests/fixtures/make_checkpoints.py with Transformers and PyTorch. */
interface Golden {
  text: string;
  ids: number[];
  mean: number[];
  cls: number[];
}

const load = { provider: "cpu", threads: 1, tokenBudget: 256 } as const;
const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

describe.each(["tiny-bert", "tiny-xlmr"] as const)("an encoder made from %s", (checkpoint) => {
  const golden: Golden[] = JSON.parse(readFileSync(join(FIXTURES, checkpoint, "golden.json"), "utf8"));

  test("tokenizes as the reference does, cut at the same place", async () => {
    const tokenizer = new Tokenizer(join(FIXTURES, checkpoint), 64);
    const ids = await tokenizer.encode(golden.map(({ text }) => text));
    expect(ids).toEqual(golden.map((g) => g.ids));
  });

  test.each(["mean", "cls"] as const)(
    "gives the reference's vectors in float32, pooling %s",
    async (pooling) => {
      const encoder = await LoadedEncoder.load(
        await tinyEncoder(checkpoint, join(folder.path, `${checkpoint}-${pooling}`), { pooling }),
        load,
      );
      const { vectors } = await encoder.encode(
        golden.map((g) => g.text),
        "string",
      );
      for (const [i, reference] of golden.entries()) {
        expect(cosine(Float32Array.from(reference[pooling]), vectors, i * 32)).toBeGreaterThan(0.99999);
      }
      await encoder.release();
    },
  );

  test("in INT8 stays near float32, and a vector does not depend on its batch mates", async () => {
    const int8 = await tinyEncoder(checkpoint, join(folder.path, `${checkpoint}-int8`), {
      precision: "int8",
    });
    const encoder = await LoadedEncoder.load(int8, load);
    const texts = golden.map((g) => g.text);
    const { vectors } = await encoder.encode([...texts, ...texts.toReversed()], "string");
    for (const [i, reference] of golden.entries()) {
      expect(cosine(Float32Array.from(reference.mean), vectors, i * 32)).toBeGreaterThan(0.97);
      const alone = (await encoder.encode([texts[i]!], "string")).vectors;
      expect(cosine(alone, vectors, i * 32)).toBeGreaterThan(0.999999);
    }
    await encoder.release();
  });

  test("counts identical sequences once", async () => {
    const encoder = await LoadedEncoder.load(
      await tinyEncoder(checkpoint, join(folder.path, `${checkpoint}-same`)),
      load,
    );
    const one = await encoder.encode(["heart attack"], "string");
    const many = await encoder.encode(
      Array.from({ length: 50 }, () => "heart attack"),
      "string",
    );
    expect(many.tokens).toBe(one.tokens);
    expect(many.vectors.slice(49 * 32)).toEqual(one.vectors);
    await encoder.release();
  });
});
