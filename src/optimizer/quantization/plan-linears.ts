import { floatsOf } from "../onnx/tensors.ts";
import type { LinearLayer } from "../passes/linear-layers.ts";
import type { Activation } from "./activations.ts";
import type { LinearPlan } from "./linear-plan.ts";
import {
  type AffineScale,
  affineScale,
  dequantizeWeight,
  fakeQuantize,
  quantizeWeight,
} from "./linear-quantizer.ts";
import { channelMaxima, inputChannelMaxima, smoothingFactors } from "./smoothing.ts";

export interface PlanOptions {
  /** Smoothing strengths to try per group; the one with the least output error wins. 0 stands for none. */
  alphas: readonly number[];
  /** Shares of the observed range to try: below 1, outliers saturate and the rest is finer. */
  clips: readonly number[];
  /** Largest weight integer: 63 or 127, see `quantizeWeight`. */
  weightLimit: number;
  /** Tokens on which candidates are compared. */
  sampleTokens: number;
}

interface Candidate {
  error: number;
  input: AffineScale;
  smoothing?: Float32Array;
}

/**
 * Plans the quantization of linear layers that read one input: tries the smoothing strengths and clips and keeps what
 * disturbs the layers' outputs least, then corrects the biases by the mean error that is left.
 */
export function planGroup(
  layers: readonly LinearLayer[],
  activation: Activation,
  options: PlanOptions,
): Map<string, LinearPlan> {
  const { channels } = activation;
  const weights = layers.map((layer) => floatsOf(layer.weight));
  const sample = sampleOf(activation, options.sampleTokens);
  const exact = weights.map((w) => product(sample, channels, w));
  const activationMaxima = channelMaxima(activation);
  const weightMaxima = inputChannelMaxima(weights, channels);
  let best: Candidate | undefined;
  for (const alpha of options.alphas) {
    const smoothing = alpha > 0 ? smoothingFactors(activationMaxima, weightMaxima, alpha) : undefined;
    const [low, high] = range(activation, smoothing);
    const quantized = weights.map((w) =>
      dequantizeWeight(
        quantizeWeight(
          scaledRows(w, channels, smoothing),
          channels,
          w.length / channels,
          options.weightLimit,
        ),
      ),
    );
    for (const clip of options.clips) {
      const input = affineScale(low * clip, high * clip);
      const rounded = fakeQuantize(dividedColumns(sample, channels, smoothing), input);
      const error = quantized.reduce(
        (sum, w, i) => sum + relativeError(exact[i]!, product(rounded, channels, w)),
        0,
      );
      if (!best || error < best.error) best = smoothing ? { error, input, smoothing } : { error, input };
    }
  }
  const chosen = best!;
  const rounded = fakeQuantize(dividedColumns(sample, channels, chosen.smoothing), chosen.input);
  const group = layers[0]!.name;
  return new Map(
    layers.map((layer, i) => {
      const to = weights[i]!.length / channels;
      const weight = quantizeWeight(
        scaledRows(weights[i]!, channels, chosen.smoothing),
        channels,
        to,
        options.weightLimit,
      );
      const got = product(rounded, channels, dequantizeWeight(weight));
      const bias = correctedBias(floatsOf(layer.bias), exact[i]!, got);
      const smoothing = chosen.smoothing ? { smoothing: chosen.smoothing } : {};
      return [layer.name, { group, input: chosen.input, weight, bias, ...smoothing }];
    }),
  );
}

/** Every n-th token, so that all lengths are there; float32 [tokens, channels]. */
function sampleOf({ values, channels, tokens }: Activation, wanted: number): Float32Array {
  const count = Math.min(wanted, tokens);
  const sample = new Float32Array(count * channels);
  for (let i = 0; i < count; i++) {
    const token = Math.floor((i * tokens) / count);
    sample.set(values.subarray(token * channels, (token + 1) * channels), i * channels);
  }
  return sample;
}

function range({ values, channels }: Activation, smoothing: Float32Array | undefined): [number, number] {
  let low = 0;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    const v = smoothing ? values[i]! / smoothing[i % channels]! : values[i]!;
    if (v < low) low = v;
    else if (v > high) high = v;
  }
  return [low, high];
}

function dividedColumns(values: Float32Array, channels: number, by: Float32Array | undefined): Float32Array {
  return by ? values.map((v, i) => v / by[i % channels]!) : values.slice();
}

function scaledRows(weight: Float32Array, from: number, by: Float32Array | undefined): Float32Array {
  const to = weight.length / from;
  return by ? weight.map((w, i) => w * by[Math.floor(i / to)]!) : weight;
}

/** [tokens, from] · [from, to] in plain loops that keep the weight's row in cache. */
function product(input: Float32Array, from: number, weight: Float32Array): Float32Array {
  const tokens = input.length / from;
  const to = weight.length / from;
  const out = new Float32Array(tokens * to);
  for (let t = 0; t < tokens; t++) {
    const row = out.subarray(t * to, (t + 1) * to);
    for (let i = 0; i < from; i++) {
      const x = input[t * from + i]!;
      if (x === 0) continue;
      const start = i * to;
      for (let o = 0; o < to; o++) row[o]! += x * weight[start + o]!;
    }
  }
  return out;
}

function relativeError(exact: Float32Array, got: Float32Array): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < exact.length; i++) {
    difference += (exact[i]! - got[i]!) ** 2;
    size += exact[i]! ** 2;
  }
  return difference / Math.max(size, 1e-12);
}

function correctedBias(bias: Float32Array, exact: Float32Array, got: Float32Array): Float32Array {
  const to = bias.length;
  const tokens = exact.length / to;
  const corrected = bias.slice();
  for (let i = 0; i < exact.length; i++) corrected[i % to]! += (exact[i]! - got[i]!) / tokens;
  return corrected;
}
