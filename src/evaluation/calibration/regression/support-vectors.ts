import { seededRandom, shuffled } from "../../metrics/seeded-random.ts";
import type { GradedCosine } from "../isotonic-fit.ts";
import { minMaxScaler, type Regressor } from "./regressor.ts";

export interface SvrOptions {
  /** Penalty of an error beyond the tube. */
  c?: number;
  /** Half the width of the tube within which an error costs nothing, in grades. */
  epsilon?: number;
  /** Stops when no pair of variables violates the optimality conditions by more. */
  tolerance?: number;
  /** Pairs are drawn at random down to this number: the kernel matrix grows with its square. */
  maxPairs?: number;
}

const MAX_STEPS = 2_000_000;

/**
 * Support vector regression with a Gaussian kernel (SVR with RBF of the paper's Fig. 3), with scikit-learn's default
 * settings: C 1, epsilon 0.1, gamma one over the variance of the scaled cosines. The dual problem is solved by sequential
 * minimal optimization, the pair of variables chosen by second order (Fan, Chen and Lin 2005), as libsvm does.
 */
export function fitSvr(
  pairs: readonly GradedCosine[],
  { c = 1, epsilon = 0.1, tolerance = 1e-3, maxPairs = 1000 }: SvrOptions = {},
): Regressor {
  const scaled = minMaxScaler(pairs);
  const used = pairs.length > maxPairs ? shuffled(pairs, seededRandom(1)).slice(0, maxPairs) : [...pairs];
  const xs = Float64Array.from(used, ({ cosine }) => scaled(cosine));
  const ys = Float64Array.from(used, ({ grade }) => grade);
  const gamma = 1 / (varianceOf(xs) || 1);
  const { weights, offset } = solve(xs, ys, gamma, { c, epsilon, tolerance });
  const support = [...weights.keys()].filter((i) => weights[i] !== 0);
  return (cosine) => {
    const x = scaled(cosine);
    return support.reduce((sum, i) => sum + weights[i]! * Math.exp(-gamma * (x - xs[i]!) ** 2), offset);
  };
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/**
 * The dual in 2n variables: alpha_i pulls the curve up at pair i (sign +1), alpha_{n+i} down (sign −1). Minimizes
 * ½ αᵀQα + pᵀα with Q_ij = s_i s_j K_ij, 0 ≤ α ≤ C, sᵀα = 0. The curve's weights are alpha_i − alpha_{n+i}.
 */
function solve(
  xs: Float64Array,
  ys: Float64Array,
  gamma: number,
  { c, epsilon, tolerance }: Required<Omit<SvrOptions, "maxPairs">>,
): { weights: Float64Array; offset: number } {
  const n = xs.length;
  const kernel = kernelMatrix(xs, gamma);
  const k = (i: number, j: number): number => kernel[(i % n) * n + (j % n)]!;
  const sign = (i: number): number => (i < n ? 1 : -1);
  const alpha = new Float64Array(2 * n);
  const gradient = Float64Array.from({ length: 2 * n }, (_, i) => epsilon - sign(i) * ys[i % n]!);
  const canRise = (i: number): boolean => (i < n ? alpha[i]! < c : alpha[i]! > 0);
  const canFall = (i: number): boolean => (i < n ? alpha[i]! > 0 : alpha[i]! < c);
  for (let step = 0; step < MAX_STEPS; step++) {
    // i: the steepest way up; j: among the ways down, the one whose joint step gains most.
    let [i, highest] = [-1, Number.NEGATIVE_INFINITY];
    for (let t = 0; t < 2 * n; t++) {
      const value = -sign(t) * gradient[t]!;
      if (canRise(t) && value > highest) [i, highest] = [t, value];
    }
    let [j, gain, lowest] = [-1, 0, Number.POSITIVE_INFINITY];
    for (let t = 0; t < 2 * n; t++) {
      if (!canFall(t)) continue;
      const value = -sign(t) * gradient[t]!;
      lowest = Math.min(lowest, value);
      const difference = highest - value;
      if (difference <= 0) continue;
      const curvature = Math.max(2 - 2 * k(i, t), 1e-12);
      const gained = (difference * difference) / curvature;
      if (gained > gain) [j, gain] = [t, gained];
    }
    if (i < 0 || j < 0 || highest - lowest < tolerance) break;
    const room = Math.min(sign(i) > 0 ? c - alpha[i]! : alpha[i]!, sign(j) > 0 ? alpha[j]! : c - alpha[j]!);
    const wanted = (highest + sign(j) * gradient[j]!) / Math.max(2 - 2 * k(i, j), 1e-12);
    const move = Math.min(room, wanted);
    alpha[i]! += sign(i) * move;
    alpha[j]! -= sign(j) * move;
    for (let t = 0; t < 2 * n; t++) gradient[t]! += sign(t) * move * (k(t, i) - k(t, j));
  }
  const weights = Float64Array.from({ length: n }, (_, i) => alpha[i]! - alpha[n + i]!);
  return { weights, offset: offsetOf(alpha, gradient, c, n) };
}

function kernelMatrix(xs: Float64Array, gamma: number): Float64Array {
  const n = xs.length;
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) kernel[i * n + j] = Math.exp(-gamma * (xs[i]! - xs[j]!) ** 2);
  return kernel;
}

/** From the variables that are at no bound; where there are none, the middle of what the bounds allow. */
function offsetOf(alpha: Float64Array, gradient: Float64Array, c: number, n: number): number {
  let [free, sum, low, high] = [0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let t = 0; t < 2 * n; t++) {
    const value = -(t < n ? 1 : -1) * gradient[t]!;
    const atTop = alpha[t]! >= c;
    const atZero = alpha[t]! <= 0;
    if (!atTop && !atZero) {
      free++;
      sum += value;
    } else if (atTop === t < n) high = Math.min(high, value);
    else low = Math.max(low, value);
  }
  return free > 0 ? sum / free : (low + high) / 2;
}
