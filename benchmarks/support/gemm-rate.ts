import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { LoadedEncoder } from "../../src/encoder/loaded-encoder.ts";
import { InferenceSession, Tensor } from "../../src/encoder/onnx-runtime.ts";
import { GraphBuilder, modelOf } from "../../src/optimizer/onnx/graph-builder.ts";
import { modelBytes } from "../../src/optimizer/onnx/model-file.ts";
import { DataType } from "../../src/optimizer/onnx/proto.ts";
import { int8Tensor, uint8Tensor } from "../../src/optimizer/onnx/tensors.ts";

/** Billions of operations a second, a multiplication with its addition counted as two. */
export interface GemmShare {
  /** Of the linear layers, over the time of the whole encoder, tokenizer included. */
  encoderGops: number;
  /** Of the same products alone, each layer's shapes in their share. */
  gemmGops: number;
}

const TOKENS = 1024;
const ROUNDS = 7;

/** One thread: the encoder from end to end and its bare INT8 products in turns, the best round of each. */
export async function gemmShare(folder: EncoderFolder, texts: readonly string[]): Promise<GemmShare> {
  const config = JSON.parse(readFileSync(join(folder.folder, "config.json"), "utf8"));
  const { hidden_size: size, intermediate_size: inner, num_hidden_layers: layers } = config;
  const options = { provider: "cpu" as const, threads: 1, tokenBudget: TOKENS };
  const encoder = await LoadedEncoder.load(folder, options);
  const products = await Promise.all([product(size, size), product(size, inner), product(inner, size)]);
  const perToken = 2 * layers * (4 * size * size + 2 * size * inner);
  let [encoderGops, gemmGops] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const { tokens } = await encoder.encode(texts, "string");
    const middle = performance.now();
    // As often as one layer has each.
    for (let i = 0; i < 4; i++) await products[0]();
    await products[1]();
    await products[2]();
    const end = performance.now();
    encoderGops = Math.max(encoderGops, (perToken * tokens) / (middle - start) / 1e6);
    gemmGops = Math.max(gemmGops, ((perToken / layers) * TOKENS) / (end - middle) / 1e6);
  }
  await encoder.release();
  return { encoderGops, gemmGops };
}

/** uint8 [tokens, from] times int8 [from, to], with scales: the operator of `fast-int8`. */
async function product(from: number, to: number): Promise<() => Promise<void>> {
  const g = new GraphBuilder("product");
  g.input("a", DataType.UINT8, [TOKENS, from]);
  const weight = Int8Array.from({ length: from * to }, (_, i) => ((i * 7919) % 127) - 63);
  const inputs = [
    "a",
    g.initializer(int8Tensor("weight", [from, to], weight)),
    g.scalar("scale", 0.02),
    g.floats("weight_scale", [to], new Float32Array(to).fill(0.01)),
    g.initializer(uint8Tensor("zero", [], Uint8Array.of(128))),
    g.initializer(int8Tensor("weight_zero", [to], new Int8Array(to))),
    g.floats("bias", [to], new Float32Array(to)),
  ];
  g.node("c", "com.microsoft:MatMulIntegerToFloat", inputs);
  g.output("c", [TOKENS, to]);
  const session = await InferenceSession.create(modelBytes(modelOf(g.graph, "", 17)), {
    intraOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  const a = new Tensor(
    "uint8",
    Uint8Array.from({ length: TOKENS * from }, (_, i) => (i * 31) % 256),
    [TOKENS, from],
  );
  return async () => void (await session.run({ a }));
}
