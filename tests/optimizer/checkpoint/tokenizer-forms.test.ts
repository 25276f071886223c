import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Tokenizer } from "../../../src/encoder/tokenizer.ts";
import { tokenizerFiles } from "../../../src/optimizer/checkpoint/tokenizer-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { FORMS } from "../support/checkpoint-forms.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

function tokenizerOf(name: string, files: Record<string, string>, settings?: object): Tokenizer {
  const source = join(folder.path, name);
  mkdirSync(source);
  for (const [form, as] of Object.entries(files)) cpSync(join(FORMS, form), join(source, as));
  if (settings) writeFileSync(join(source, "tokenizer_config.json"), JSON.stringify(settings));
  const made = tokenizerFiles(source);
  for (const [file, content] of Object.entries(made))
    writeFileSync(join(source, file), JSON.stringify(content));
  return new Tokenizer(source, 512);
}

const read = (name: string) => JSON.parse(readFileSync(join(FORMS, name), "utf8"));

describe("a bare vocab.txt tokenizes as the reference does", () => {
  const { texts, golden }: { texts: string[]; golden: { settings: object; ids: number[][] }[] } =
    read("vocab-golden.json");
  test.each(golden)("with $settings", async ({ settings, ids }) => {
    const tokenizer = tokenizerOf(JSON.stringify(settings), { "vocab.txt": "vocab.txt" }, settings);
    expect(await tokenizer.encode(texts)).toEqual(ids);
  });
});

describe("a sentencepiece.bpe.model tokenizes as Transformers' XLM-R tokenizer does", () => {
  test("with fairseq's ids, and the file's own normalization", async () => {
    const { texts, ids }: { texts: string[]; ids: number[][] } = read("spm/golden.json");
    const tokenizer = tokenizerOf("spm", { "spm/sentencepiece.bpe.model": "sentencepiece.bpe.model" });
    expect(await tokenizer.encode(texts)).toEqual(ids);
  });
});

describe("a tokenizer that can't be used is refused in one line", () => {
  function source(name: string, files: Record<string, string | Uint8Array>): string {
    const at = join(folder.path, name);
    mkdirSync(at);
    for (const [file, content] of Object.entries(files)) writeFileSync(join(at, file), content);
    return at;
  }

  test.each([
    ["none", {}, /has no tokenizer: tokenizer\.json, vocab\.txt, sentencepiece\.bpe\.model/],
    ["a vocabulary without special tokens", { "vocab.txt": "a\nb\n" }, /has no \[UNK\]/],
    [
      "a SentencePiece model that is none",
      { "sentencepiece.bpe.model": "not one" },
      /no SentencePiece model/,
    ],
    ["an empty SentencePiece model", { "sentencepiece.bpe.model": "" }, /0 pieces/],
    ["a tokenizer.json that is not JSON", { "tokenizer.json": "{" }, /tokenizer\.json is not JSON/],
  ])("%s", (name, files, message) => {
    const at = source(name, files);
    expect(() => tokenizerFiles(at)).toThrow(message);
  });

  test("a BPE model where XLM-R has a Unigram one", () => {
    const model = readFileSync(join(FORMS, "spm", "sentencepiece.bpe.model"));
    // A later field wins: trainer_spec { model_type: BPE }.
    const bpe = Buffer.concat([model, Buffer.from([0x12, 0x02, 0x18, 0x02])]);
    const at = source("bpe", { "sentencepiece.bpe.model": bpe });
    expect(() => tokenizerFiles(at)).toThrow(/no Unigram model/);
  });
});
