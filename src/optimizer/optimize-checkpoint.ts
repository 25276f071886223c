import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EncoderManifest, sha256 } from "../encoder/encoder-manifest.ts";
import { Tokenizer } from "../encoder/tokenizer.ts";
import type { OnProgress } from "../terminology/progress.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { Checkpoint } from "./checkpoint/checkpoint.ts";
import { encodeModel } from "./onnx/codec.ts";
import type { ModelProto } from "./onnx/proto.ts";
import { fastInt8 } from "./passes/fast-int8.ts";
import { linearLayers } from "./passes/linear-layers.ts";
import { convertCheckpoint } from "./passes/onnx-conversion.ts";
import { quantizeEmbeddings } from "./passes/quantized-embeddings.ts";
import { fuseTransformer } from "./passes/transformer-fusion.ts";
import { collectActivations } from "./quantization/activations.ts";
import type { LinearPlan } from "./quantization/linear-plan.ts";
import { planGroup } from "./quantization/plan-linears.ts";

export interface OptimizeOptions {
  /** Folder of the checkpoint: config.json, model.safetensors, tokenizer.json, tokenizer_config.json. */
  checkpoint: string;
  /** Folder to write; must not exist or be empty. */
  out: string;
  precision: "float32" | "int8";
  /** Texts whose activations set the scales; a few hundred strings of the release, of all lengths. */
  calibrationTexts: readonly string[];
  /** Fields of `encoder.json` that the checkpoint does not say. */
  manifest: Pick<
    EncoderManifest,
    "id" | "pooling" | "prefixes" | "maxTokens" | "description" | "license" | "base"
  >;
  version: string;
  onProgress?: OnProgress;
}

// Strengths and clips of which every layer takes what disturbs its output least.
const PLAN = {
  alphas: [0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
  clips: [1, 0.9, 0.8, 0.7, 0.6],
  weightLimit: 63,
  sampleTokens: 128,
};

/** Turns a checkpoint into an encoder folder. The folder appears whole or not at all. */
export async function optimizeCheckpoint(options: OptimizeOptions): Promise<void> {
  const { checkpoint: source, out } = options;
  if (existsSync(join(out, "encoder.json")))
    throw new TermduetError("conflict", `${out} already holds an encoder; choose another folder`);
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    if (!existsSync(join(source, name)))
      throw new TermduetError("not-found", `${source} has no ${name}; a checkpoint needs it`);
  }
  const checkpoint = new Checkpoint(source);
  const partial = `${out}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    const { pooling } = options.manifest;
    let model = fuseTransformer(convertCheckpoint(checkpoint, { pooling, version: options.version }));
    if (options.precision === "int8") model = await toInt8(model, options);
    writeFileSync(join(partial, "model.onnx"), Buffer.concat(encodeModel(model)));
    for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"])
      copyFileSync(join(source, name), join(partial, name));
    const checksums: Record<string, string> = {};
    for (const name of ["config.json", "model.onnx", "tokenizer.json", "tokenizer_config.json"]) {
      checksums[name] = await sha256(join(partial, name));
    }
    const dimension = checkpoint.config.hidden_size;
    const manifest = {
      ...options.manifest,
      dimension,
      precision: options.precision,
      provider: "cpu",
      checksums,
    };
    writeFileSync(join(partial, "encoder.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    rmSync(out, { recursive: true, force: true });
    renameSync(partial, out);
  } finally {
    checkpoint.close();
    rmSync(partial, { recursive: true, force: true });
  }
}

async function toInt8(model: ModelProto, options: OptimizeOptions): Promise<ModelProto> {
  const { maxTokens, prefixes } = options.manifest;
  const tokenizer = new Tokenizer(options.checkpoint, maxTokens);
  const sequences = options.calibrationTexts.map((text) => tokenizer.encode(prefixes.string + text));
  const groups = Map.groupBy(linearLayers(model.graph), (layer) => layer.input);
  const activations = await collectActivations(model, sequences, [...groups.keys()]);
  const plan = new Map<string, LinearPlan>();
  for (const [input, layers] of groups) {
    for (const [name, planned] of planGroup(layers, activations.get(input)!, PLAN)) plan.set(name, planned);
    options.onProgress?.({
      stage: "quantize",
      done: plan.size,
      total: linearLayers(model.graph).length,
      unit: "layers",
    });
  }
  return quantizeEmbeddings(fastInt8(model, plan));
}
