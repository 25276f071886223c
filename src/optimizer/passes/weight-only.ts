import { z } from "zod";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { GraphRewrite } from "../onnx/graph-rewrite.ts";
import { floatsOf, uint8Tensor } from "../onnx/tensors.ts";
import { quantizeBlocks } from "../quantization/block-quantizer.ts";
import { type LinearLayer, linearLayers, widthsOf } from "./linear-layers.ts";
import { definePass } from "./pass.ts";

const parameters = z.strictObject({
  bits: z.union([z.literal(8), z.literal(4)]).default(8),
  /** Weights that share a scale, along the input: a power of two. */
  blockSize: z.union([z.literal(16), z.literal(32), z.literal(64), z.literal(128)]).default(128),
});

/**
 * Pass `weight-only`: weights in blocks of 8 or 4 bits, activations quantized row by row when they come
 * (`MatMulNBits` with accuracy level 4). Needs no calibration, and a vector depends on its own string alone.
 */
export const weightOnly = definePass({
  name: "weight-only",
  description: "weights in blocks of 8 or 4 bits (MatMulNBits); no calibration",
  parameters,
  search: { bits: [8, 4], blockSize: [32, 128] },
  usesCalibration: false,
  refuses: (_, { provider }) =>
    provider === "cpu" || provider === "cuda" || provider === "webgpu"
      ? undefined
      : `${provider} has no MatMulNBits`,
  apply: (piece, { bits, blockSize }) => {
    const rewrite = new GraphRewrite(piece.model);
    for (const layer of linearLayers(piece.model.graph)) replaceLayer(rewrite, layer, bits, blockSize);
    return { ...piece, model: rewrite.finish() };
  },
});

function replaceLayer(rewrite: GraphRewrite, layer: LinearLayer, bits: 4 | 8, wanted: number): void {
  const { name } = layer;
  const { from, to } = widthsOf(layer);
  const blockSize = largestBlock(from, wanted);
  const { values, scales } = quantizeBlocks(floatsOf(layer.weight), { from, to, bits, blockSize });
  const blocks = Math.ceil(from / blockSize);
  const g = new GraphBuilder(name);
  const inputs = [
    layer.input,
    g.initializer(uint8Tensor(`${name}.int${bits}`, [to, blocks, (blockSize * bits) / 8], values)),
    g.floats(`${name}.int${bits}_scale`, [to, blocks], scales),
  ];
  const attributes = { K: from, N: to, bits, block_size: blockSize, accuracy_level: 4 };
  const product = g.node(`${name}.product`, "com.microsoft:MatMulNBits", inputs, attributes);
  g.node(name, "Add", [product, layer.bias.name]);
  rewrite.replace(layer.add, g.graph.node);
  rewrite.remove([layer.matmul]);
  rewrite.setAll(g.graph.initializer);
}

/** A block no longer than the input, and not below the kernels' least. */
function largestBlock(from: number, wanted: number): number {
  let size = wanted;
  while (size > from && size > 16) size /= 2;
  return size;
}
