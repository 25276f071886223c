import type { Activation } from "./activations.ts";

const FLOOR = 1e-5;

/** Largest magnitude of each channel over all tokens. */
export function channelMaxima({ values, channels }: Activation): Float32Array {
  const maxima = new Float32Array(channels);
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (magnitude > maxima[i % channels]!) maxima[i % channels] = magnitude;
  }
  return maxima;
}

/** Largest magnitude of each input channel over all weights [from, to] that read it. */
export function inputChannelMaxima(weights: readonly Float32Array[], from: number): Float32Array {
  const maxima = new Float32Array(from);
  for (const weight of weights) {
    const to = weight.length / from;
    for (let i = 0; i < from; i++) {
      for (let o = 0; o < to; o++) maxima[i] = Math.max(maxima[i]!, Math.abs(weight[i * to + o]!));
    }
  }
  return maxima;
}

/**
 * SmoothQuant's factors per input channel j: s_j = max|X_j|^α / max|W_j|^(1-α). The activation is divided and the
 * weight's row multiplied by them (Xiao et al. 2023, Eq. 4; the paper takes α = 0.5).
 */
export function smoothingFactors(
  activation: Float32Array,
  weight: Float32Array,
  alpha: number,
): Float32Array {
  return activation.map((a, j) => {
    const factor = Math.max(a, FLOOR) ** alpha / Math.max(weight[j]!, FLOOR) ** (1 - alpha);
    return Math.max(factor, FLOOR);
  });
}
