import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AutoModel, AutoTokenizer, env } from "@huggingface/transformers";
import { afterAll, expect, test } from "vitest";
import { cosine } from "../../src/vector-store/exact-cosine.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES, tinyEncoder } from "../support/tiny-encoders.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

test.each(["tiny-bert", "tiny-xlmr"] as const)(
  "an encoder made from %s runs in transformers.js as it is, and gives the reference's vectors there",
  async (checkpoint) => {
    const made = join(folder.path, checkpoint);
    await tinyEncoder(checkpoint, made);
    // transformers.js looks for the graph in a folder of its own.
    const copy = join(folder.path, "hub", checkpoint);
    mkdirSync(join(copy, "onnx"), { recursive: true });
    cpSync(made, copy, { recursive: true });
    cpSync(join(made, "model.onnx"), join(copy, "onnx", "model.onnx"));
    env.localModelPath = join(folder.path, "hub");
    env.allowRemoteModels = false;
    const tokenizer = await AutoTokenizer.from_pretrained(checkpoint);
    const model = await AutoModel.from_pretrained(checkpoint, { dtype: "fp32" });
    const golden = JSON.parse(readFileSync(join(FIXTURES, checkpoint, "golden.json"), "utf8"));
    for (const { text, ids, mean } of golden as { text: string; ids: number[]; mean: number[] }[]) {
      if (ids.length === 64) continue; // cut there, and transformers.js cuts the closing token off with the rest
      const inputs = await tokenizer(text);
      const { sentence_embedding } = await model(inputs);
      expect(cosine(Float32Array.from(mean), sentence_embedding.data, 0)).toBeGreaterThan(0.9999);
    }
    await model.dispose();
  },
);
