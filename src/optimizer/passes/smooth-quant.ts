import { z } from "zod";
import { nodeOf } from "../onnx/graph-builder.ts";
import { GraphIndex } from "../onnx/graph-index.ts";
import { GraphRewrite } from "../onnx/graph-rewrite.ts";
import type { ModelProto } from "../onnx/proto.ts";
import { floatsOf, floatTensor, madeFloatTensor } from "../onnx/tensors.ts";
import { collectActivations } from "../quantization/activations.ts";
import { LayerTrial } from "../quantization/layer-trial.ts";
import { MatrixProducts } from "../quantization/matrix.ts";
import { scaledRows } from "../quantization/smoothing.ts";
import { type LinearLayer, layersByInput } from "./linear-layers.ts";
import { definePass } from "./pass.ts";
import { refusedProvider, weightLimit } from "./quantization-parameters.ts";

const SEARCHED_ALPHAS = [0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
const SEARCHED_CLIPS = [1, 0.8, 0.6];

const parameters = z.strictObject({
  /** Strength α for all layers, or `search`: for each layer the one under which quantization disturbs it least. */
  alpha: z.union([z.literal("search"), z.number().min(0).max(1)]).default("search"),
  /** Whether the factors of the attention's output go into the values' projection: exact, and no operation more. */
  foldValues: z.boolean().default(true),
  /** Tokens on which strengths are compared. */
  sampleTokens: z.int().min(16).default(320),
  /** Weights that strengths are compared with: too coarse ones have the smoothing do too little for fine ones. */
  weightLimit: weightLimit.default(127),
});

/**
 * Pass `smooth-quant`: outliers move from activations into weights (Xiao et al. 2023). The graph computes what it
 * computed before, in float32, and can be quantized with less loss: an input is divided by factors per channel, one
 * `Mul`, and the weights that read it hold the product. In a post-layer-norm encoder the residual reads the same
 * layer norm, so that the division stays a `Mul` on the branch that is to be quantized.
 */
export const smoothQuant = definePass({
  name: "smooth-quant",
  description: "outliers move from activations into weights (SmoothQuant), per linear layer",
  parameters,
  search: { alpha: ["search", 0.4, 0.5, 0.6, 0.7] },
  usesCalibration: true,
  refuses: (_, target, earlier) =>
    earlier.get("transformer-fusion")?.["attention"] === "packed"
      ? "projections that are packed into Attention can't be smoothed"
      : refusedProvider("smooth-quant", target),
  apply: async (piece, { alpha, foldValues, sampleTokens, weightLimit: limit }, context) => {
    const groups = layersByInput(piece.model.graph);
    const activations = await collectActivations(piece.model, context.calibration, [...groups.keys()], {
      sampleTokens,
      workspace: context.workspace,
    });
    await using products = await MatrixProducts.open();
    const smoother = new Smoother(piece.model, foldValues);
    let done = 0;
    for (const [input, layers] of groups) {
      const trial = await LayerTrial.prepare(products, layers, activations.get(input)!);
      const strength = alpha === "search" ? await bestAlpha(trial, limit) : alpha;
      smoother.smooth(layers, trial.smoothing(strength));
      context.onProgress?.({ stage: "smooth", done: ++done, total: groups.size, unit: "inputs" });
    }
    return { ...piece, model: smoother.finish() };
  },
});

async function bestAlpha(trial: LayerTrial, limit: number): Promise<number> {
  let best = { alpha: 0, error: Number.POSITIVE_INFINITY };
  for (const alpha of SEARCHED_ALPHAS) {
    const errors = await trial.errors(trial.smoothing(alpha), SEARCHED_CLIPS, { limit, perChannel: true });
    const error = Math.min(...errors);
    if (error < best.error) best = { alpha, error };
  }
  return best.alpha;
}

/** Rewrites the graph, one group of layers after the other. */
class Smoother {
  readonly #rewrite: GraphRewrite;
  readonly #index: GraphIndex;
  readonly #layers: Map<string, LinearLayer>;
  readonly #foldValues: boolean;

  constructor(model: ModelProto, foldValues: boolean) {
    this.#rewrite = new GraphRewrite(model);
    this.#index = new GraphIndex(model.graph);
    this.#layers = new Map(
      [...layersByInput(model.graph).values()].flat().map((layer) => [layer.name, layer]),
    );
    this.#foldValues = foldValues;
  }

  smooth(layers: readonly LinearLayer[], factors: Float32Array | undefined): void {
    if (!factors) return;
    for (const { weight } of layers) this.#scaleRows(weight.name, factors);
    const [{ input, name }] = layers as [LinearLayer];
    const values = this.#foldValues ? this.#valuesBehind(input) : undefined;
    if (values) {
      this.#divideColumns(values, factors);
      return;
    }
    const inverse = this.#rewrite.set(
      floatTensor(
        `${name}.smoothing`,
        [factors.length],
        factors.map((f) => 1 / f),
      ),
    );
    const smoothed = nodeOf(`${name}.smoothed`, "Mul", [input, inverse]);
    for (const [i, { matmul }] of layers.entries()) {
      const changed = this.#rewrite.reconnect(matmul, input, smoothed.name);
      if (i === 0) this.#rewrite.insertBefore(changed, [smoothed]);
    }
  }

  finish(): ModelProto {
    return this.#rewrite.finish();
  }

  /** The projection of the values whose mixture `value` is: each channel of one is that channel of the other. */
  #valuesBehind(value: string): LinearLayer | undefined {
    const attention = this.#index.producer(value, "MultiHeadAttention");
    return attention && this.#layers.get(attention.input[2]!);
  }

  // Constants are looked up by name each time: a group may have changed them for the one before it.
  #scaleRows(name: string, factors: Float32Array): void {
    const weight = this.#rewrite.initializer(name)!;
    this.#rewrite.set(madeFloatTensor(name, weight.dims, () => scaledRows(floatsOf(weight), factors)));
  }

  #divideColumns(layer: LinearLayer, factors: Float32Array): void {
    for (const { name } of [layer.weight, layer.bias]) {
      const tensor = this.#rewrite.initializer(name)!;
      const divided = () => floatsOf(tensor).map((value, i) => value / factors[i % factors.length]!);
      this.#rewrite.set(madeFloatTensor(name, tensor.dims, divided));
    }
  }
}
