/** 8-bit affine quantization of activations and 7- or 8-bit symmetric quantization of weights, and their errors. */

export interface AffineScale {
  /** Real value of one step. */
  scale: number;
  /** The integer, 0 to 255, that stands for 0. */
  zeroPoint: number;
}

/** The uint8 scale for values in [low, high]; the range is widened to hold 0, which must be exact. */
export function affineScale(low: number, high: number): AffineScale {
  const lo = Math.min(low, 0);
  const hi = Math.max(high, 0);
  const scale = Math.max(hi - lo, 1e-8) / 255;
  return { scale: Math.fround(scale), zeroPoint: Math.min(255, Math.max(0, Math.round(-lo / scale))) };
}

/** Quantizes and dequantizes in place, as `QuantizeLinear` does: round half to even, saturate. */
export function fakeQuantize(values: Float32Array, { scale, zeroPoint }: AffineScale): Float32Array {
  const inverse = 1 / scale;
  for (let i = 0; i < values.length; i++) {
    const q = Math.min(255, Math.max(0, roundEven(values[i]! * inverse) + zeroPoint));
    values[i] = (q - zeroPoint) * scale;
  }
  return values;
}

// Adding and subtracting 1.5 · 2^52 rounds a double half to even.
const ROUNDER = 6755399441055744;
export function roundEven(value: number): number {
  return value + ROUNDER - ROUNDER;
}

export interface QuantizedWeight {
  /** int8 [from, to]. */
  values: Int8Array;
  /** One scale per output channel, or a single one. */
  scales: Float32Array;
}

export interface WeightScheme {
  /**
   * Largest magnitude: 127, or 63 where uint8 × int8 products are summed in pairs into 16 bits and would saturate (x64
   * without VNNI). With 63 every machine gives the same integers.
   */
  limit: number;
  /** One scale per output channel rather than one for all. */
  perChannel: boolean;
}

/** Symmetric quantization of a float32 weight [from, to], rounded to nearest. */
export function quantizeWeight(weight: Float32Array, to: number, scheme: WeightScheme): QuantizedWeight {
  const scales = weightScales(weight, to, scheme);
  const { limit } = scheme;
  const values = new Int8Array(weight.length);
  const inverse = Float64Array.from(scales, (s) => 1 / s);
  const step = scales.length === 1 ? 0 : 1;
  for (let row = 0; row < weight.length; row += to) {
    for (let o = 0, s = 0; o < to; o++, s += step) {
      const q = roundEven(weight[row + o]! * inverse[s]!);
      values[row + o] = Math.min(limit, Math.max(-limit, q));
    }
  }
  return { values, scales };
}

/** Scales under which the largest magnitude of each output channel (or of all) is the limit. */
function weightScales(weight: Float32Array, to: number, { limit, perChannel }: WeightScheme): Float32Array {
  const largest = new Float32Array(to);
  for (let row = 0; row < weight.length; row += to) {
    for (let o = 0; o < to; o++) {
      const magnitude = Math.abs(weight[row + o]!);
      if (magnitude > largest[o]!) largest[o] = magnitude;
    }
  }
  const maxima = perChannel ? largest : Float32Array.of(largest.reduce((a, b) => Math.max(a, b), 0));
  return maxima.map((m) => Math.max(m / limit, 1e-12));
}

/** Back to float32 [from, to]. */
export function dequantizeWeight({ values, scales }: QuantizedWeight, to: number): Float32Array {
  const out = new Float32Array(values.length);
  const step = scales.length === 1 ? 0 : 1;
  for (let row = 0; row < out.length; row += to) {
    for (let o = 0, s = 0; o < to; o++, s += step) out[row + o] = values[row + o]! * scales[s]!;
  }
  return out;
}

/** `|exact - got|² / |exact|²`. */
export function relativeError(exact: Float32Array, got: Float32Array): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < exact.length; i++) {
    const e = exact[i]!;
    const d = e - got[i]!;
    difference += d * d;
    size += e * e;
  }
  return difference / Math.max(size, 1e-12);
}
