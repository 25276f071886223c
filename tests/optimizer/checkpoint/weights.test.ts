import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Checkpoint } from "../../../src/optimizer/checkpoint/checkpoint.ts";
import { openWeights } from "../../../src/optimizer/checkpoint/open-weights.ts";
import { SafetensorsFile } from "../../../src/optimizer/checkpoint/safetensors.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { FIXTURES } from "../../support/tiny-encoders.ts";
import { checkpointOf, FORMS } from "../support/checkpoint-forms.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const path = (...parts: string[]): string => join(folder.path, ...parts);

const SHARDED = Object.fromEntries(
  ["model.safetensors.index.json", ...[1, 2, 3].map((n) => `model-0000${n}-of-00003.safetensors`)].map(
    (name) => [`sharded/${name}`, name],
  ),
);
const reference = new SafetensorsFile(join(FIXTURES, "tiny-bert", "model.safetensors"));

describe("the weights of a checkpoint are the same in every form that Transformers and PyTorch write", () => {
  test.each([
    ["safetensors in shards", SHARDED, 0],
    [
      "pytorch_model.bin as a zip, with a masked language model's names",
      { "zip.bin": "pytorch_model.bin" },
      0,
    ],
    [
      "pytorch_model.bin in the legacy form, in float16",
      { "legacy-half.bin": "pytorch_model.bin" },
      2 ** -11,
    ],
    [
      "views of bfloat16 and float64, wrapped by a training loop",
      { "views.bin": "pytorch_model.bin" },
      2 ** -8,
    ],
  ])("%s", async (name, files, tolerance) => {
    using checkpoint = await Checkpoint.open(checkpointOf(path(name), files));
    let compared = 0;
    for (const weight of reference.names) {
      const expected = reference.floats(weight);
      const found = checkpoint.weight(weight, reference.shape(weight));
      expect(found.length).toBe(expected.length);
      for (const [i, value] of expected.entries())
        if (Math.abs(found[i]! - value) > tolerance * Math.abs(value) + 1e-7)
          expect.fail(`${weight}[${i}] is ${found[i]}, not ${value}`);
      compared += found.length;
    }
    expect(compared).toBeGreaterThan(20_000);
  });

  test("safetensors are preferred to pickles", async () => {
    const files = { "module.bin": "pytorch_model.bin" };
    const both = checkpointOf(path("both"), files);
    cpSync(join(FIXTURES, "tiny-bert", "model.safetensors"), join(both, "model.safetensors"));
    using checkpoint = await Checkpoint.open(both);
    expect(checkpoint.weight("embeddings.LayerNorm.weight", [32])).toHaveLength(32);
  });
});

describe("weights that can't be used are refused in one line", () => {
  async function refusal(opening: Promise<unknown>): Promise<{ code: string; message: string }> {
    const error = await opening.then(
      () => expect.fail("it was accepted"),
      (e: unknown) => e as { code: string; message: string },
    );
    expect(error.message).not.toContain("\n");
    return error;
  }

  test("no weights at all", async () => {
    expect(await refusal(openWeights(checkpointOf(path("none"), {})))).toMatchObject({
      code: "not-found",
      message: expect.stringMatching(/model\.safetensors or pytorch_model\.bin/),
    });
  });

  test("a missing shard, by its name", async () => {
    const { "sharded/model-00002-of-00003.safetensors": _, ...rest } = SHARDED;
    expect(await refusal(openWeights(checkpointOf(path("missing-shard"), rest)))).toMatchObject({
      code: "not-found",
      message: expect.stringMatching(/model-00002-of-00003\.safetensors.*missing/),
    });
  });

  test("an index that names a file elsewhere", async () => {
    const at = checkpointOf(path("outside"), {});
    writeFileSync(join(at, "model.safetensors.index.json"), '{"weight_map":{"x":"../secret.safetensors"}}');
    expect(await refusal(openWeights(at))).toMatchObject({ code: "bad-input" });
  });

  test("a shard that ends too early", async () => {
    const at = checkpointOf(path("cut-shard"), SHARDED);
    const shard = join(at, "model-00001-of-00003.safetensors");
    writeFileSync(shard, readFileSync(shard).subarray(0, 20_000));
    expect(await refusal(openWeights(at))).toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("model-00001-of-00003.safetensors"),
    });
  });

  test.each([
    ["a zip", "zip.bin"],
    ["a legacy file", "legacy-half.bin"],
  ])(
    "%s that was cut anywhere: when it is opened, or when the weight that is gone is read",
    async (name, form) => {
      const whole = readFileSync(join(FORMS, form));
      for (const share of [0.001, 0.01, 0.1, 0.3, 0.5, 0.9, 0.999]) {
        const at = checkpointOf(path("cut", `${name} ${share}`), {});
        writeFileSync(join(at, "pytorch_model.bin"), whole.subarray(0, Math.floor(whole.length * share)));
        const opening = Checkpoint.open(at).then((checkpoint) => {
          for (const weight of reference.names) checkpoint.weight(weight, reference.shape(weight));
        });
        expect(await refusal(opening)).toMatchObject({
          code: "bad-input",
          message: expect.stringContaining("pytorch_model.bin"),
        });
      }
    },
  );

  test("weights of another model, or of two", async () => {
    const other = checkpointOf(path("other"), {});
    const header = Buffer.from('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(join(other, "model.safetensors"), Buffer.concat([size, header, Buffer.alloc(4)]));
    expect(await refusal(Checkpoint.open(other))).toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("word_embeddings"),
    });
  });

  test("a Git LFS pointer in the place of the weights", async () => {
    const at = checkpointOf(path("pointer"), {});
    writeFileSync(
      join(at, "model.safetensors"),
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123\n",
    );
    expect(await refusal(Checkpoint.open(at))).toMatchObject({
      message: expect.stringContaining("git lfs pull"),
    });
  });

  test.each([
    ["an unsupported architecture", { model_type: "t5" }, "incompatible", /model_type t5/],
    ["another activation", { hidden_act: "relu" }, "incompatible", /hidden_act relu/],
    ["relative positions", { position_embedding_type: "relative_key" }, "incompatible", /relative_key/],
    ["heads that do not divide the width", { num_attention_heads: 5 }, "incompatible", /5 heads/],
    ["a size that the weights do not have", { hidden_size: 64 }, "bad-input", /is \[.*config\.json says/],
    ["a width that is no number", { hidden_size: "wide" }, "bad-input", /hidden_size/],
  ])("%s", async (name, change, code, message) => {
    const at = path(name);
    cpSync(join(FIXTURES, "tiny-bert"), at, { recursive: true });
    const config = JSON.parse(readFileSync(join(at, "config.json"), "utf8"));
    writeFileSync(join(at, "config.json"), JSON.stringify({ ...config, ...change }));
    const opening = Checkpoint.open(at).then((c) =>
      c.weight("embeddings.LayerNorm.weight", [c.config.hidden_size]),
    );
    expect(await refusal(opening)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("a folder that is not there", async () => {
    mkdirSync(path("gone"));
    rmSync(path("gone"), { recursive: true });
    expect(await refusal(Checkpoint.open(path("gone")))).toMatchObject({ code: "not-found" });
  });
});
