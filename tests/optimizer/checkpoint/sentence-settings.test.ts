import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sentenceSettings } from "../../../src/optimizer/checkpoint/sentence-settings.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

function checkpoint(name: string, files: Record<string, unknown>): string {
  const at = join(folder.path, name);
  mkdirSync(join(at, "1_Pooling"), { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(at, file), JSON.stringify(content));
  return at;
}

const POOLING = "1_Pooling/config.json";

describe("what sentence-transformers wrote beside a checkpoint", () => {
  test.each([
    ["flags, up to version 5", { pooling_mode_cls_token: false, pooling_mode_mean_tokens: true }, "mean"],
    ["flags for the first token", { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }, "cls"],
    ["a name, since then", { embedding_dimension: 384, pooling_mode: "mean", include_prompt: true }, "mean"],
  ])("says the pooling by %s", (name, config, pooling) => {
    expect(sentenceSettings(checkpoint(name, { [POOLING]: config }))).toEqual({ pooling });
  });

  test("says length and prefixes", () => {
    const at = checkpoint("all", {
      "sentence_bert_config.json": { max_seq_length: 256, do_lower_case: false },
      "config_sentence_transformers.json": { prompts: { query: "query: ", document: "passage: " } },
    });
    expect(sentenceSettings(at)).toEqual({
      maxTokens: 256,
      prefixes: { query: "query: ", string: "passage: " },
    });
  });

  test("says nothing where it is not there", () => {
    expect(sentenceSettings(checkpoint("nothing", {}))).toEqual({});
  });

  test("is refused where an encoder can't do it", () => {
    const at = checkpoint("max", {
      [POOLING]: { pooling_mode_max_tokens: true, pooling_mode_mean_tokens: true },
    });
    expect(() => sentenceSettings(at)).toThrow(/pooling mean_tokens and max.*--pooling/);
    expect(() => sentenceSettings(checkpoint("last", { [POOLING]: { pooling_mode: "lasttoken" } }))).toThrow(
      /pooling lasttoken/,
    );
  });
});
