import { type QuantizedWeight, roundEven } from "./linear-quantizer.ts";
import { type Matrix, type MatrixProducts, transpose } from "./matrix.ts";
import { upperFactor } from "./triangular-factor.ts";

/** What the inputs of a layer say about which errors of its weights matter. */
export interface Curvature {
  /** Channels in the order in which they are rounded: those that carry most come first. */
  order: Uint32Array;
  /** Mean square of each channel. */
  diagonal: Float32Array;
  /** Upper triangular with ones in the diagonal, in that order: how a channel makes up for those before it. */
  feedback: Matrix;
}

// Share of the mean of the diagonal that is added to it: directions that the tokens do not show count a little.
const DAMPING = 0.01;
const BLOCK = 128;

/**
 * From quantized inputs X̂ [tokens, channels]: the Hessian H = X̂ᵀX̂ of the layer's squared error, factored as
 * (U + 1) D (U + 1)ᵀ.
 */
export async function curvatureOf(products: MatrixProducts, input: Matrix): Promise<Curvature> {
  const { values: hessian } = await products.times(transpose(input), input);
  const size = input.columns;
  const diagonal = Float32Array.from({ length: size }, (_, i) => hessian[i * size + i]! / input.rows);
  const order = Uint32Array.from(diagonal.keys()).sort((a, b) => diagonal[b]! - diagonal[a]! || a - b);
  const added = (DAMPING * diagonal.reduce((a, b) => a + b, 0)) / size || 1e-6;
  const ordered = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    const row = order[i]! * size;
    for (let j = 0; j < size; j++) ordered[i * size + j] = hessian[row + order[j]!]! / input.rows;
    ordered[i * size + i]! += added;
  }
  const factor = await upperFactor(products, { rows: size, columns: size, values: ordered });
  for (let k = 0; k < size; k++) {
    const pivot = factor.values[k * size + k]!;
    for (let row = 0; row <= k; row++) factor.values[row * size + k]! /= pivot;
  }
  return { order, diagonal, feedback: factor };
}

/**
 * Rounds a weight [from, to] to integers so that the layer's output, not the weight, is disturbed least: channel by
 * channel, each taking up the error that those before it have left in directions that the inputs have in common
 * (GPTQ, Frantar et al. 2023, in the form of LDLQ, Chee et al. 2023).
 */
export async function roundByCurvature(
  products: MatrixProducts,
  weight: Float32Array,
  to: number,
  limit: number,
  { order, diagonal, feedback }: Curvature,
): Promise<QuantizedWeight> {
  const from = order.length;
  const scales = leastErrorScales(weight, to, limit, diagonal);
  const inverse = Float64Array.from(scales, (s) => 1 / s);
  const values = new Int8Array(weight.length);
  const errors = new Float32Array(weight.length);
  for (let top = 0; top < from; top += BLOCK) {
    const bottom = Math.min(from, top + BLOCK);
    const carried = await carriedError(products, feedback, errors, to, top, bottom);
    for (let k = top; k < bottom; k++) {
      const own = carried.subarray((k - top) * to, (k - top + 1) * to);
      for (let j = top; j < k; j++) {
        const share = feedback.values[j * from + k]!;
        const before = j * to;
        for (let o = 0; o < to; o++) own[o]! += share * errors[before + o]!;
      }
      const row = order[k]! * to;
      for (let o = 0; o < to; o++) {
        const wanted = weight[row + o]! + own[o]!;
        const q = Math.min(limit, Math.max(-limit, roundEven(wanted * inverse[o]!)));
        values[row + o] = q;
        errors[k * to + o] = weight[row + o]! - q * scales[o]!;
      }
    }
  }
  return { values, scales };
}

/** What channels [top, bottom) take up of the errors of all before them: [bottom - top, to]. */
async function carriedError(
  products: MatrixProducts,
  feedback: Matrix,
  errors: Float32Array,
  to: number,
  top: number,
  bottom: number,
): Promise<Float32Array> {
  const width = bottom - top;
  if (top === 0) return new Float32Array(width * to);
  const shares = new Float32Array(width * top);
  for (let j = 0; j < top; j++)
    for (let k = 0; k < width; k++) shares[k * top + j] = feedback.values[j * feedback.columns + top + k]!;
  const before = { rows: top, columns: to, values: errors.subarray(0, top * to) };
  return (await products.times({ rows: width, columns: top, values: shares }, before)).values;
}

const SHARES = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7];

/**
 * One scale per output channel: of some shares of its largest weight that which leaves the least error, each weight
 * counting as much as its input carries.
 */
function leastErrorScales(
  weight: Float32Array,
  to: number,
  limit: number,
  diagonal: Float32Array,
): Float32Array {
  const largest = new Float32Array(to);
  for (let i = 0; i < weight.length; i += to) {
    for (let o = 0; o < to; o++) largest[o] = Math.max(largest[o]!, Math.abs(weight[i + o]!));
  }
  const best = largest.map((m) => Math.max(m / limit, 1e-12));
  const least = new Float64Array(to).fill(Number.POSITIVE_INFINITY);
  for (const share of SHARES) {
    const scales = largest.map((m) => Math.max((share * m) / limit, 1e-12));
    const errors = new Float64Array(to);
    for (let i = 0; i < diagonal.length; i++) {
      for (let o = 0; o < to; o++) {
        const w = weight[i * to + o]!;
        const q = Math.min(limit, Math.max(-limit, roundEven(w / scales[o]!)));
        errors[o]! += diagonal[i]! * (w - q * scales[o]!) ** 2;
      }
    }
    for (let o = 0; o < to; o++) {
      if (errors[o]! >= least[o]!) continue;
      least[o] = errors[o]!;
      best[o] = scales[o]!;
    }
  }
  return best;
}
