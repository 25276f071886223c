const FLOOR = 1e-5;

/** Largest magnitude of each input channel over all weights [from, to] that read it. */
export function inputChannelMaxima(weights: readonly Float32Array[], from: number): Float32Array {
  const maxima = new Float32Array(from);
  for (const weight of weights) {
    const to = weight.length / from;
    for (let i = 0; i < from; i++) {
      let largest = maxima[i]!;
      for (let o = i * to; o < (i + 1) * to; o++) {
        const magnitude = Math.abs(weight[o]!);
        if (magnitude > largest) largest = magnitude;
      }
      maxima[i] = largest;
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

/** Each channel of [rows, channels] divided by its factor. */
export function dividedColumns(values: Float32Array, by: Float32Array | undefined): Float32Array {
  if (!by) return values.slice();
  const channels = by.length;
  const inverse = by.map((s) => 1 / s);
  const out = new Float32Array(values.length);
  for (let row = 0; row < values.length; row += channels) {
    for (let c = 0; c < channels; c++) out[row + c] = values[row + c]! * inverse[c]!;
  }
  return out;
}

/** Each row of [from, to] multiplied by its factor. */
export function scaledRows(weight: Float32Array, by: Float32Array | undefined): Float32Array {
  if (!by) return weight;
  const to = weight.length / by.length;
  const out = new Float32Array(weight.length);
  for (let i = 0; i < by.length; i++) {
    const factor = by[i]!;
    for (let o = i * to; o < (i + 1) * to; o++) out[o] = weight[o]! * factor;
  }
  return out;
}
