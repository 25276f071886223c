import type { ModelProto } from "../onnx/proto.ts";
import { DataType } from "../onnx/proto.ts";
import { inferTypes } from "../onnx/types/infer-types.ts";
import { linearLayers } from "../passes/linear-layers.ts";
import { channelMagnitudes, collectActivations } from "../quantization/activations.ts";
import { relativeError } from "../quantization/linear-quantizer.ts";

/** Magnitudes of the input of one linear layer, per channel. */
export interface SmoothedInput {
  /** Of the first layer that reads it. */
  layer: string;
  before: Float32Array;
  after: Float32Array;
}

/** How far a tensor of the quantized graph is from the same one of the float graph: |x - x̂| / |x|. */
export interface TensorError {
  tensor: string;
  error: number;
}

export interface QuantizationDebug {
  inputs: SmoothedInput[];
  errors: TensorError[];
}

const TOKENS = 128;

/** What quantization does to a graph, tensor by tensor (paper, Fig. 4), over some token sequences. */
export class QuantizationDebugger {
  readonly #sequences: readonly (readonly number[])[];
  readonly #workspace: string;

  constructor(sequences: readonly (readonly number[])[], workspace: string) {
    this.#sequences = sequences;
    this.#workspace = workspace;
  }

  /** Inputs of linear layers in the graph before and after `smooth-quant`; in the order in which layers run. */
  async smoothing(before: ModelProto, after: ModelProto): Promise<SmoothedInput[]> {
    const smoothed = new Map(linearLayers(after.graph).map((layer) => [layer.name, layer.input]));
    const pairs = linearLayers(before.graph).flatMap(({ name, input }) => {
      const other = smoothed.get(name);
      return other === undefined ? [] : [{ layer: name, before: input, after: other }];
    });
    const distinct = [...new Map(pairs.map((pair) => [pair.before, pair])).values()];
    const [old, now] = [
      await this.#magnitudes(
        before,
        distinct.map((pair) => pair.before),
      ),
      await this.#magnitudes(
        after,
        distinct.map((pair) => pair.after),
      ),
    ];
    return distinct.map(({ layer, before: b, after: a }) => ({
      layer,
      before: old.get(b)!,
      after: now.get(a)!,
    }));
  }

  /** Every float tensor that both graphs have by the same name; in the order in which the float graph makes them. */
  async errors(float: ModelProto, quantized: ModelProto): Promise<TensorError[]> {
    const [a, b] = [sequenceTensors(float), new Set(sequenceTensors(quantized))];
    const names = a.filter((name) => b.has(name));
    if (names.length === 0) return [];
    const options = { sampleTokens: TOKENS, workspace: this.#workspace };
    const expected = await collectActivations(float, this.#sequences, names, options);
    const found = await collectActivations(quantized, this.#sequences, names, options);
    return names.map((tensor) => ({
      tensor,
      error: Math.sqrt(relativeError(expected.get(tensor)!.sample, found.get(tensor)!.sample)),
    }));
  }

  async #magnitudes(model: ModelProto, names: readonly string[]): Promise<Map<string, Float32Array>> {
    const options = { sampleTokens: 1, workspace: this.#workspace };
    const activations = await collectActivations(model, this.#sequences, [...new Set(names)], options);
    return new Map([...activations].map(([name, activation]) => [name, channelMagnitudes(activation)]));
  }
}

/** Outputs of shape [batch, sequence, channels] in single precision that a layer, attention or layer norm makes. */
function sequenceTensors(model: ModelProto): string[] {
  const types = inferTypes(model);
  const made = new Set(["Add", "LayerNormalization", "MultiHeadAttention", "Gelu", "MatMulIntegerToFloat"]);
  return model.graph.node
    .filter(({ opType }) => made.has(opType))
    .flatMap(({ output }) => output.slice(0, 1))
    .filter((name) => {
      const type = types.get(name);
      return (
        type?.elemType === DataType.FLOAT &&
        type.shape.length === 3 &&
        Number.isInteger(Number(type.shape[2]))
      );
    });
}
