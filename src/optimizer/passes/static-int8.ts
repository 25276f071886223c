import { z } from "zod";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { GraphRewrite } from "../onnx/graph-rewrite.ts";
import { floatsOf, int8Tensor, uint8Tensor } from "../onnx/tensors.ts";
import { type Activation, collectActivations, rangeOf } from "../quantization/activations.ts";
import { type AffineScale, affineScale, quantizeWeight } from "../quantization/linear-quantizer.ts";
import { type LinearLayer, layersByInput, linearLayers, widthsOf } from "./linear-layers.ts";
import { definePass } from "./pass.ts";
import { refusedLimit, sessionFor, weightLimit } from "./quantization-parameters.ts";

const parameters = z.strictObject({
  /** `QOperator` writes QLinearMatMul, whose output is quantized as well; `QDQ` pairs that any provider may fuse. */
  format: z.enum(["QOperator", "QDQ"]).default("QOperator"),
  /** Range of an activation: all that was seen, or what a share of all values keeps to. */
  range: z.enum(["minmax", "percentile"]).default("minmax"),
  percentile: z.number().gt(50).max(100).default(99.99),
  perChannel: z.boolean().default(true),
  /** int8 around zero rather than uint8 with a zero point: what TensorRT asks for. */
  symmetric: z.boolean().optional(),
  weightLimit,
});

type Parameters = z.output<typeof parameters>;

/** Pass `static-int8`: calibrated 8-bit linear layers in the two standard forms, for comparison and for TensorRT. */
export const staticInt8 = definePass({
  name: "static-int8",
  description: "calibrated 8-bit linear layers in standard operators (QLinearMatMul, or QDQ pairs)",
  parameters,
  search: { format: ["QOperator", "QDQ"], range: ["minmax", "percentile"], perChannel: [true, false] },
  usesCalibration: true,
  refuses: ({ format, symmetric, weightLimit: limit }, target) => {
    if (format === "QOperator" && (symmetric || target.provider !== "cpu"))
      return "QLinearMatMul with int8 activations is slow on CPUs and absent elsewhere";
    return refusedLimit(limit, target);
  },
  apply: async (piece, chosen, context) => {
    const symmetric = chosen.symmetric ?? context.target.provider === "tensorrt";
    const layers = linearLayers(piece.model.graph);
    const products = chosen.format === "QOperator" ? layers.map(({ matmul }) => matmul.output[0]!) : [];
    const names = [...new Set([...layers.map(({ input }) => input), ...products])];
    const seen = await collectActivations(piece.model, context.calibration, names, {
      sampleTokens: chosen.range === "percentile" ? 2048 : 1,
      workspace: context.workspace,
    });
    const scales = new Map(names.map((name) => [name, scaleOf(seen.get(name)!, chosen, symmetric)]));
    const rewrite = new GraphRewrite(piece.model);
    for (const group of layersByInput(piece.model.graph).values())
      replaceLayers(rewrite, group, scales, { ...chosen, symmetric });
    return {
      model: rewrite.finish(),
      session: sessionFor(chosen.weightLimit, piece.session, context.target),
    };
  },
});

function scaleOf(activation: Activation, { range, percentile }: Parameters, symmetric: boolean): AffineScale {
  const [low, high] =
    range === "minmax" ? rangeOf(activation) : percentileRange(activation.sample, percentile);
  if (!symmetric) return affineScale(low, high);
  return { scale: Math.fround(Math.max(-low, high, 1e-8) / 127), zeroPoint: 0 };
}

/** Between which the given percentage of all values lies, as much cut below as above. */
function percentileRange(values: Float32Array, percentile: number): [number, number] {
  const sorted = values.toSorted();
  const cut = Math.floor(((100 - percentile) / 200) * sorted.length);
  return [sorted[cut]!, sorted[sorted.length - 1 - cut]!];
}

function replaceLayers(
  rewrite: GraphRewrite,
  layers: readonly LinearLayer[],
  scales: ReadonlyMap<string, AffineScale>,
  chosen: Parameters & { symmetric: boolean },
): void {
  const [first] = layers as [LinearLayer];
  const prefix = `${first.name}.input`;
  const g = new GraphBuilder(first.name);
  const [scale, zero] = addScale(g, prefix, scales.get(first.input)!, chosen.symmetric);
  const integers = g.node(`${prefix}.integers`, "QuantizeLinear", [first.input, scale, zero]);
  const dequantized = `${prefix}.dequantized`;
  if (chosen.format === "QDQ") g.node(dequantized, "DequantizeLinear", [integers, scale, zero]);
  rewrite.insertBefore(first.matmul, g.graph.node);
  rewrite.setAll(g.graph.initializer);
  for (const layer of layers) {
    const node = new GraphBuilder(layer.name);
    const weight = addWeight(node, layer, chosen);
    const product = layer.matmul.output[0]!;
    if (chosen.format === "QDQ") {
      const real = node.node(`${layer.name}.dequantized`, "DequantizeLinear", weight, { axis: 1 });
      node.node(product, "MatMul", [dequantized, real]);
    } else {
      const output = addScale(node, `${layer.name}.output`, scales.get(product)!, false);
      const inputs = [integers, scale, zero, ...weight, ...output];
      const quantized = node.node(`${product}.integers`, "QLinearMatMul", inputs);
      node.node(product, "DequantizeLinear", [quantized, ...output]);
    }
    rewrite.replace(layer.matmul, node.graph.node);
    rewrite.setAll(node.graph.initializer);
  }
}

function addScale(
  g: GraphBuilder,
  prefix: string,
  { scale, zeroPoint }: AffineScale,
  symmetric: boolean,
): [string, string] {
  const name = `${prefix}.zero_point`;
  const zero = symmetric
    ? int8Tensor(name, [], Int8Array.of(0))
    : uint8Tensor(name, [], Uint8Array.of(zeroPoint));
  return [g.scalar(`${prefix}.scale`, scale), g.initializer(zero)];
}

function addWeight(
  g: GraphBuilder,
  layer: LinearLayer,
  { perChannel, weightLimit: limit }: Parameters,
): [string, string, string] {
  const { name } = layer;
  const { from, to } = widthsOf(layer);
  const { values, scales } = quantizeWeight(floatsOf(layer.weight), to, { limit, perChannel });
  const shape = scales.length === 1 ? [] : [to];
  return [
    g.initializer(int8Tensor(`${name}.int8`, [from, to], values)),
    g.floats(`${name}.int8_scale`, shape, scales),
    g.initializer(int8Tensor(`${name}.int8_zero`, shape, new Int8Array(scales.length))),
  ];
}
