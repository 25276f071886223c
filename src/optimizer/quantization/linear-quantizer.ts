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
  /** One scale per output channel. */
  scales: Float32Array;
}

/**
 * Symmetric quantization of a float32 weight [from, to], one scale per output channel.
 *
 * `limit` is the largest magnitude: 127, or 63 where uint8 × int8 products are summed in pairs into 16 bits and would
 * saturate (x64 without VNNI). With 63 every machine gives the same integers.
 */
export function quantizeWeight(
  weight: Float32Array,
  from: number,
  to: number,
  limit: number,
): QuantizedWeight {
  const scales = new Float32Array(to);
  for (let i = 0; i < weight.length; i++) scales[i % to] = Math.max(scales[i % to]!, Math.abs(weight[i]!));
  for (let o = 0; o < to; o++) scales[o] = Math.max(scales[o]! / limit, 1e-12);
  const values = new Int8Array(from * to);
  for (let i = 0; i < from; i++) {
    for (let o = 0; o < to; o++) {
      const q = roundEven(weight[i * to + o]! / scales[o]!);
      values[i * to + o] = Math.min(limit, Math.max(-limit, q));
    }
  }
  return { values, scales };
}

/** Back to float32 [from, to]. */
export function dequantizeWeight({ values, scales }: QuantizedWeight): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = values[i]! * scales[i % scales.length]!;
  return out;
}
