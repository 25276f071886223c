import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { GraphBuilder, modelOf } from "../onnx/graph-builder.ts";
import { DataType, type ModelProto } from "../onnx/proto.ts";

/** LayerNormalization is an operator of its own from opset 17 on; before, it is nine nodes. */
export const OPSET = 17;

export interface OnnxConversionOptions {
  pooling: "mean" | "cls";
  /** Version written into the file. */
  version: string;
}

/**
 * Pass `onnx-conversion`: a checkpoint becomes a float32 graph of standard operators.
 *
 * Inputs `input_ids` and `attention_mask`, int64 [batch, sequence], padding on the right; output
 * `sentence_embedding`, float32 [batch, dimension]: the mean over real tokens (paper Eq. 6, without the padding) or
 * the first token, divided by its L2 norm, so that a dot product is the cosine of Eq. 9.
 */
export function convertCheckpoint(checkpoint: Checkpoint, options: OnnxConversionOptions): ModelProto {
  const { config } = checkpoint;
  const g = new GraphBuilder(`${config.model_type}-encoder`);
  g.input("input_ids", DataType.INT64, ["batch", "sequence"]);
  g.input("attention_mask", DataType.INT64, ["batch", "sequence"]);
  addConstants(g, config.hidden_size / config.num_attention_heads, config.num_attention_heads);
  let hidden = embeddings(g, checkpoint);
  const mask = attentionBias(g);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    hidden = transformerLayer(g, checkpoint, `encoder.layer.${layer}`, hidden, mask);
  }
  pooled(g, hidden, options.pooling);
  g.output("sentence_embedding", ["batch", config.hidden_size]);
  return modelOf(g.graph, options.version, OPSET);
}

function addConstants(g: GraphBuilder, headSize: number, heads: number): void {
  g.scalar("const.one", 1);
  g.scalar("const.half", 0.5);
  g.scalar("const.sqrt2", Math.SQRT2);
  g.scalar("const.scale", 1 / Math.sqrt(headSize));
  // Far below any score, yet finite: an infinite bias would turn a row of padding into NaN.
  g.scalar("const.masked", -10000);
  g.scalar("const.tiny", 1e-12);
  g.ints("const.axis0", [0]);
  g.ints("const.axis1", [1]);
  g.ints("const.axes12", [1, 2]);
  g.ints("const.last_axis", [-1]);
  g.ints("const.split_heads", [0, 0, heads, headSize]);
  g.ints("const.join_heads", [0, 0, heads * headSize]);
}

function layerNorm(g: GraphBuilder, checkpoint: Checkpoint, prefix: string, input: string): string {
  const size = checkpoint.config.hidden_size;
  const gamma = g.floats(`${prefix}.weight`, [size], checkpoint.weight(`${prefix}.weight`, [size]));
  const beta = g.floats(`${prefix}.bias`, [size], checkpoint.weight(`${prefix}.bias`, [size]));
  const epsilon = { float: checkpoint.config.layer_norm_eps };
  return g.node(prefix, "LayerNormalization", [input, gamma, beta], { axis: -1, epsilon });
}

function embeddings(g: GraphBuilder, checkpoint: Checkpoint): string {
  const { hidden_size: size, vocab_size, max_position_embeddings, type_vocab_size } = checkpoint.config;
  const table = "embeddings.word_embeddings.weight";
  g.floats(table, [vocab_size, size], checkpoint.weight(table, [vocab_size, size]));
  const words = g.node("embeddings.words", "Gather", [table, "input_ids"], { axis: 0 });

  // All tokens are of type 0 and positions count up from `firstPosition`: both tables become one.
  const all = checkpoint.weight("embeddings.position_embeddings.weight", [max_position_embeddings, size]);
  const positions = all.slice(checkpoint.firstPosition * size);
  if (type_vocab_size > 0) {
    const types = checkpoint.weight("embeddings.token_type_embeddings.weight", [type_vocab_size, size]);
    for (let i = 0; i < positions.length; i++) positions[i]! += types[i % size]!;
  }
  g.floats("embeddings.positions", [checkpoint.maxTokens, size], positions);
  const shape = g.node("embeddings.shape", "Shape", ["input_ids"], { start: 1, end: 2 });
  const used = g.node("embeddings.used_positions", "Slice", [
    "embeddings.positions",
    "const.axis0",
    shape,
    "const.axis0",
  ]);
  const sum = g.node("embeddings.sum", "Add", [words, used]);
  return layerNorm(g, checkpoint, "embeddings.LayerNorm", sum);
}

/** 0 where there is a token and -10000 where there is padding, float32 [batch, 1, 1, sequence]. */
function attentionBias(g: GraphBuilder): string {
  const mask = g.cast("mask.float", "attention_mask", DataType.FLOAT);
  const padding = g.node("mask.padding", "Sub", ["const.one", mask]);
  const bias = g.node("mask.bias_2d", "Mul", [padding, "const.masked"]);
  return g.node("mask.bias", "Unsqueeze", [bias, "const.axes12"]);
}

function linear(
  g: GraphBuilder,
  checkpoint: Checkpoint,
  name: string,
  input: string,
  from: number,
  to: number,
): string {
  // PyTorch keeps [out, in]; MatMul wants [in, out].
  const stored = checkpoint.weight(`${name}.weight`, [to, from]);
  const transposed = new Float32Array(from * to);
  for (let o = 0; o < to; o++) for (let i = 0; i < from; i++) transposed[i * to + o] = stored[o * from + i]!;
  const weight = g.floats(`${name}.weight`, [from, to], transposed);
  const bias = g.floats(`${name}.bias`, [to], checkpoint.weight(`${name}.bias`, [to]));
  const product = g.node(`${name}.matmul`, "MatMul", [input, weight]);
  return g.node(name, "Add", [product, bias]);
}

function transformerLayer(
  g: GraphBuilder,
  checkpoint: Checkpoint,
  prefix: string,
  input: string,
  mask: string,
): string {
  const { hidden_size: size, intermediate_size: inner } = checkpoint.config;
  const heads = (which: string, perm: number[]): string => {
    const name = `${prefix}.attention.self.${which}`;
    const projected = linear(g, checkpoint, name, input, size, size);
    const split = g.node(`${name}.split`, "Reshape", [projected, "const.split_heads"]);
    return g.node(`${name}.heads`, "Transpose", [split], { perm });
  };
  const self = `${prefix}.attention.self`;
  const query = heads("query", [0, 2, 1, 3]);
  const key = heads("key", [0, 2, 3, 1]);
  const value = heads("value", [0, 2, 1, 3]);
  const scores = g.node(`${self}.scores`, "MatMul", [query, key]);
  const scaled = g.node(`${self}.scaled`, "Mul", [scores, "const.scale"]);
  const biased = g.node(`${self}.biased`, "Add", [scaled, mask]);
  const probabilities = g.node(`${self}.probabilities`, "Softmax", [biased], { axis: -1 });
  const context = g.node(`${self}.context`, "MatMul", [probabilities, value]);
  const ordered = g.node(`${self}.ordered`, "Transpose", [context], { perm: [0, 2, 1, 3] });
  const joined = g.node(`${self}.joined`, "Reshape", [ordered, "const.join_heads"]);
  const attended = linear(g, checkpoint, `${prefix}.attention.output.dense`, joined, size, size);
  const residual = g.node(`${prefix}.attention.output.residual`, "Add", [attended, input]);
  const middle = layerNorm(g, checkpoint, `${prefix}.attention.output.LayerNorm`, residual);

  const wide = linear(g, checkpoint, `${prefix}.intermediate.dense`, middle, size, inner);
  const activated = gelu(g, `${prefix}.intermediate.gelu`, wide);
  const narrow = linear(g, checkpoint, `${prefix}.output.dense`, activated, inner, size);
  const sum = g.node(`${prefix}.output.residual`, "Add", [narrow, middle]);
  return layerNorm(g, checkpoint, `${prefix}.output.LayerNorm`, sum);
}

/** Exact GELU, x · ½ (1 + erf(x / √2)), in operators that exist before opset 20. */
function gelu(g: GraphBuilder, name: string, input: string): string {
  const scaled = g.node(`${name}.scaled`, "Div", [input, "const.sqrt2"]);
  const erf = g.node(`${name}.erf`, "Erf", [scaled]);
  const shifted = g.node(`${name}.shifted`, "Add", [erf, "const.one"]);
  const product = g.node(`${name}.product`, "Mul", [input, shifted]);
  return g.node(name, "Mul", [product, "const.half"]);
}

function pooled(g: GraphBuilder, hidden: string, pooling: "mean" | "cls"): void {
  const vector = pooling === "cls" ? firstToken(g, hidden) : meanOfTokens(g, hidden);
  const norm = g.node("pooling.norm", "ReduceL2", [vector], { axes: [-1], keepdims: 1 });
  const safe = g.node("pooling.safe_norm", "Max", [norm, "const.tiny"]);
  g.node("sentence_embedding", "Div", [vector, safe]);
}

function firstToken(g: GraphBuilder, hidden: string): string {
  return g.node("pooling.first", "Gather", [hidden, g.initializer(zeroIndex())], { axis: 1 });
}

function zeroIndex() {
  return { name: "const.first", dataType: DataType.INT64, dims: [], rawData: new Uint8Array(8) };
}

function meanOfTokens(g: GraphBuilder, hidden: string): string {
  const weights = g.node("pooling.weights", "Unsqueeze", ["mask.float", "const.last_axis"]);
  const masked = g.node("pooling.masked", "Mul", [hidden, weights]);
  const sum = g.node("pooling.sum", "ReduceSum", [masked, "const.axis1"], { keepdims: 0 });
  const count = g.node("pooling.count", "ReduceSum", ["mask.float", "const.axis1"], { keepdims: 1 });
  const safe = g.node("pooling.safe_count", "Max", [count, "const.one"]);
  return g.node("pooling.mean", "Div", [sum, safe]);
}
