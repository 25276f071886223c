import { z } from "zod";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { GraphRewrite } from "../onnx/graph-rewrite.ts";
import { floatsOf, floatTensor, int8Tensor, uint8Tensor } from "../onnx/tensors.ts";
import { collectActivations } from "../quantization/activations.ts";
import { curvatureOf, roundByCurvature } from "../quantization/hessian-rounding.ts";
import { LayerTrial } from "../quantization/layer-trial.ts";
import {
  type AffineScale,
  dequantizeWeight,
  type QuantizedWeight,
  quantizeWeight,
} from "../quantization/linear-quantizer.ts";
import { MatrixProducts } from "../quantization/matrix.ts";
import { type LinearLayer, layersByInput, widthsOf } from "./linear-layers.ts";
import { definePass } from "./pass.ts";
import { refusedLimit, refusedProvider, sessionFor, weightLimit } from "./quantization-parameters.ts";

const parameters = z.strictObject({
  weightLimit,
  /** Share of the observed range that is kept, or `search`: per layer the one that disturbs its output least. */
  clip: z.union([z.literal("search"), z.number().gt(0).max(1)]).default("search"),
  /** Whether the mean error that is left goes into the bias. */
  correctBias: z.boolean().default(true),
  /**
   * How weights become integers: each to the nearest, or so that the output is disturbed least, as the inputs of the
   * calibration strings say.
   */
  rounding: z.enum(["nearest", "by-curvature"]).default("by-curvature"),
  /** Tokens on which clips are compared, and whose inputs say how to round; what no token shows is rounded blindly. */
  sampleTokens: z.int().min(16).default(6144),
});

/**
 * Pass `fast-int8`: every linear layer becomes `QuantizeLinear` (uint8) and `MatMulIntegerToFloat` (int8 weights per
 * output channel) with the bias inside; layers that read the same input share its quantization. Activation scales are
 * fixed, so that a string's vector does not depend on its batch mates, and outputs stay float32.
 */
export const fastInt8 = definePass({
  name: "fast-int8",
  description: "linear layers in uint8 × int8 with fixed scales and float outputs (MatMulIntegerToFloat)",
  parameters,
  search: { weightLimit: [63, 127], clip: ["search", 1] },
  usesCalibration: true,
  refuses: ({ weightLimit: limit }, target) =>
    refusedProvider("fast-int8", target) ?? refusedLimit(limit, target),
  apply: async (piece, chosen, context) => {
    const groups = layersByInput(piece.model.graph);
    const activations = await collectActivations(piece.model, context.calibration, [...groups.keys()], {
      sampleTokens: chosen.sampleTokens,
      workspace: context.workspace,
    });
    await using products = await MatrixProducts.open();
    const rewrite = new GraphRewrite(piece.model);
    let done = 0;
    for (const [input, layers] of groups) {
      const trial = await LayerTrial.prepare(products, layers, activations.get(input)!);
      const scale = trial.scale(undefined, await bestClip(trial, chosen));
      const quantized = await quantizedLayers(products, trial, layers, scale, chosen);
      replaceLayers(rewrite, layers, scale, quantized);
      context.onProgress?.({ stage: "quantize", done: ++done, total: groups.size, unit: "inputs" });
    }
    return {
      model: rewrite.finish(),
      session: sessionFor(chosen.weightLimit, piece.session, context.target),
    };
  },
});

type Parameters = z.output<typeof parameters>;

/** From coarse to fine: the error is all but convex in the clip. */
async function bestClip(trial: LayerTrial, { clip, weightLimit: limit }: Parameters): Promise<number> {
  if (clip !== "search") return clip;
  const errors = new Map<number, number>();
  const measure = async (clips: readonly number[]): Promise<number> => {
    const open = clips.filter((c) => c > 0.2 && c <= 1 && !errors.has(c));
    const found = await trial.errors(undefined, open, { limit, perChannel: true });
    for (const [i, c] of open.entries()) errors.set(c, found[i]!);
    return [...errors].reduce((a, b) => (b[1] < a[1] ? b : a))[0];
  };
  const rounded = (c: number): number => Number(c.toFixed(3));
  let best = await measure([1, 0.8, 0.6, 0.4]);
  for (const step of [0.1, 0.05]) best = await measure([rounded(best - step), rounded(best + step)]);
  return best;
}

interface QuantizedLayer {
  weight: QuantizedWeight;
  bias: Float32Array;
}

async function quantizedLayers(
  products: MatrixProducts,
  trial: LayerTrial,
  layers: readonly LinearLayer[],
  scale: AffineScale,
  { weightLimit: limit, correctBias, rounding }: Parameters,
): Promise<QuantizedLayer[]> {
  const input = trial.quantizedInput(scale);
  const curvature = rounding === "by-curvature" ? await curvatureOf(products, input) : undefined;
  const quantized: QuantizedLayer[] = [];
  for (const [i, layer] of layers.entries()) {
    const { to } = widthsOf(layer);
    const weight = curvature
      ? await roundByCurvature(products, trial.weight(i), to, limit, curvature)
      : quantizeWeight(trial.weight(i), to, { limit, perChannel: true });
    const error = correctBias ? await trial.meanError(i, input, dequantizeWeight(weight, to)) : undefined;
    const bias = floatsOf(layer.bias).map((value, o) => value + (error?.[o] ?? 0));
    quantized.push({ weight, bias });
  }
  return quantized;
}

function replaceLayers(
  rewrite: GraphRewrite,
  layers: readonly LinearLayer[],
  input: AffineScale,
  quantized: readonly QuantizedLayer[],
): void {
  const [first] = layers as [LinearLayer];
  const prefix = `${first.name}.input`;
  const g = new GraphBuilder(first.name);
  const scale = g.scalar(`${prefix}.scale`, input.scale);
  const zero = g.initializer(uint8Tensor(`${prefix}.zero_point`, [], Uint8Array.of(input.zeroPoint)));
  const integers = g.node(`${prefix}.uint8`, "QuantizeLinear", [first.input, scale, zero]);
  rewrite.insertBefore(first.matmul, g.graph.node);
  rewrite.setAll(g.graph.initializer);
  for (const [i, layer] of layers.entries()) {
    const { weight, bias } = quantized[i]!;
    const { name } = layer;
    const { from, to } = widthsOf(layer);
    const node = new GraphBuilder(name);
    const inputs = [
      integers,
      node.initializer(int8Tensor(`${name}.int8`, [from, to], weight.values)),
      scale,
      node.floats(`${name}.int8_scale`, [to], weight.scales),
      zero,
      node.initializer(int8Tensor(`${name}.int8_zero`, [to], new Int8Array(to))),
      node.initializer(floatTensor(`${name}.int8_bias`, [to], bias)),
    ];
    node.node(name, "com.microsoft:MatMulIntegerToFloat", inputs);
    rewrite.replace(layer.add, node.graph.node);
    rewrite.remove([layer.matmul]);
    rewrite.setAll(node.graph.initializer);
  }
}
