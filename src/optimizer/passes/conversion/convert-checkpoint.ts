import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { modelOf } from "../../onnx/graph-builder.ts";
import { DataType, type ModelProto } from "../../onnx/proto.ts";
import { EncoderGraph } from "./encoder-graph.ts";

export interface ConversionOptions {
  pooling: "mean" | "cls";
  /** Version written into the file. */
  version: string;
  opset: number;
}

/**
 * A checkpoint as a float32 graph of standard operators. Weights are read from the checkpoint when the model is
 * written, one at a time.
 *
 * Inputs `input_ids` and `attention_mask`, int64 [batch, sequence], padding on the right; output
 * `sentence_embedding`, float32 [batch, dimension]: the mean over real tokens (paper Eq. 6, without the padding) or
 * the first token, divided by its L2 norm, so that a dot product is the cosine of Eq. 9.
 */
export function convertCheckpoint(checkpoint: Checkpoint, options: ConversionOptions): ModelProto {
  const { config } = checkpoint;
  const g = new EncoderGraph(checkpoint, options.opset);
  g.input("input_ids", DataType.INT64, ["batch", "sequence"]);
  g.input("attention_mask", DataType.INT64, ["batch", "sequence"]);
  g.addConstants();
  let hidden = embeddings(g);
  const bias = attentionBias(g);
  for (let layer = 0; layer < config.num_hidden_layers; layer++)
    hidden = transformerLayer(g, `encoder.layer.${layer}`, hidden, bias);
  pooled(g, hidden, options.pooling);
  g.output("sentence_embedding", ["batch", config.hidden_size]);
  g.dropUnusedConstants();
  return modelOf(g.graph, options.version, options.opset);
}

function embeddings(g: EncoderGraph): string {
  const { checkpoint } = g;
  const { hidden_size: size, vocab_size, max_position_embeddings, type_vocab_size } = checkpoint.config;
  const table = g.weight("embeddings.word_embeddings.weight", [vocab_size, size]);
  const words = g.node("embeddings.words", "Gather", [table, "input_ids"], { axis: 0 });

  // All tokens are of type 0 and positions count up from `firstPosition`: both tables become one.
  g.made("embeddings.positions", [checkpoint.maxTokens, size], () => {
    const all = checkpoint.weight("embeddings.position_embeddings.weight", [max_position_embeddings, size]);
    const positions = all.slice(checkpoint.firstPosition * size);
    if (type_vocab_size > 0) {
      const types = checkpoint.weight("embeddings.token_type_embeddings.weight", [type_vocab_size, size]);
      for (let i = 0; i < positions.length; i++) positions[i]! += types[i % size]!;
    }
    return positions;
  });
  const length = g.lengthOf("embeddings.length", "input_ids");
  const zero = "const.axis0";
  const used = g.node("embeddings.used_positions", "Slice", ["embeddings.positions", zero, length, zero]);
  const sum = g.node("embeddings.sum", "Add", [words, used]);
  return g.layerNorm("embeddings.LayerNorm", sum);
}

/** 0 where there is a token and -10000 where there is padding, float32 [batch, 1, 1, sequence]. */
function attentionBias(g: EncoderGraph): string {
  const mask = g.cast("mask.float", "attention_mask", DataType.FLOAT);
  const padding = g.node("mask.padding", "Sub", ["const.one", mask]);
  const bias = g.node("mask.bias_2d", "Mul", [padding, "const.masked"]);
  return g.node("mask.bias", "Unsqueeze", [bias, "const.axes12"]);
}

function transformerLayer(g: EncoderGraph, prefix: string, input: string, mask: string): string {
  const { hidden_size: size, intermediate_size: inner } = g.checkpoint.config;
  const heads = (which: string, perm: number[]): string => {
    const name = `${prefix}.attention.self.${which}`;
    const projected = g.linear(name, input, size, size);
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
  const attended = g.linear(`${prefix}.attention.output.dense`, joined, size, size);
  const residual = g.node(`${prefix}.attention.output.residual`, "Add", [attended, input]);
  const middle = g.layerNorm(`${prefix}.attention.output.LayerNorm`, residual);

  const wide = g.linear(`${prefix}.intermediate.dense`, middle, size, inner);
  const activated = g.gelu(`${prefix}.intermediate.gelu`, wide);
  const narrow = g.linear(`${prefix}.output.dense`, activated, inner, size);
  const sum = g.node(`${prefix}.output.residual`, "Add", [narrow, middle]);
  return g.layerNorm(`${prefix}.output.LayerNorm`, sum);
}

function pooled(g: EncoderGraph, hidden: string, pooling: "mean" | "cls"): void {
  const vector =
    pooling === "cls"
      ? g.node("pooling.first", "Gather", [hidden, "const.first"], { axis: 1 })
      : meanOfTokens(g, hidden);
  const norm = g.reduceL2("pooling.norm", vector);
  const safe = g.node("pooling.safe_norm", "Max", [norm, "const.tiny"]);
  g.node("sentence_embedding", "Div", [vector, safe]);
}

function meanOfTokens(g: EncoderGraph, hidden: string): string {
  const weights = g.node("pooling.weights", "Unsqueeze", ["mask.float", "const.last_axis"]);
  const masked = g.node("pooling.masked", "Mul", [hidden, weights]);
  const sum = g.node("pooling.sum", "ReduceSum", [masked, "const.axis1"], { keepdims: 0 });
  const count = g.node("pooling.count", "ReduceSum", ["mask.float", "const.axis1"], { keepdims: 1 });
  const safe = g.node("pooling.safe_count", "Max", [count, "const.one"]);
  return g.node("pooling.mean", "Div", [sum, safe]);
}
