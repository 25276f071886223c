import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EncoderFolder, readEncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { optimizeCheckpoint } from "./optimize-checkpoint.ts";

export const FIXTURES: string = join(import.meta.dirname, "..", "fixtures");

export interface TinyOptions {
  pooling?: "mean" | "cls";
  precision?: "float32" | "int8";
  id?: string;
  /** An encoder that knows definitions. */
  definitions?: EncoderFolder["manifest"]["definitions"];
  /** An encoder that heeds how well concepts are known. */
  standing?: EncoderFolder["manifest"]["standing"];
  /** An encoder that reads mentions in their texts. */
  mention?: EncoderFolder["manifest"]["mention"];
}

/** Makes an encoder of one of the tiny checkpoints: random weights, so it knows nothing, fast. */
export async function tinyEncoder(
  checkpoint: "tiny-bert" | "tiny-xlmr",
  out: string,
  { pooling = "mean", precision = "float32", id = checkpoint, ...evidence }: TinyOptions = {},
  retokenize?: (tokenizer: { model: { vocab: [string, number][] } }) => void,
): Promise<EncoderFolder> {
  let source = join(FIXTURES, checkpoint);
  if (retokenize) {
    source = `${out}.checkpoint`;
    cpSync(join(FIXTURES, checkpoint), source, { recursive: true });
    const path = join(source, "tokenizer.json");
    const tokenizer = JSON.parse(readFileSync(path, "utf8"));
    retokenize(tokenizer);
    writeFileSync(path, JSON.stringify(tokenizer));
  }
  await optimizeCheckpoint({
    checkpoint: source,
    out,
    precision,
    calibrationTexts: [
      "heart attack",
      "crise cardiaque",
      "douleur à la poitrine",
      "2-acetamido-2-deoxy",
      "fièvre",
    ],
    manifest: {
      id,
      pooling,
      prefixes: { query: "", string: "" },
      maxTokens: 64,
      description: "",
      license: "",
      base: "",
    },
    version: "0.0.0",
  });
  const path = join(out, "encoder.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...evidence }));
  return readEncoderFolder(out);
}
