import { incompleteBeta } from "./incomplete-beta.ts";

export interface Correlation {
  /** −1 to 1; NaN where one side is constant or there are fewer than two pairs. */
  r: number;
  /** Two-sided probability of so strong a correlation where there is none; NaN with fewer than three pairs. */
  p: number;
}

/** Pearson's correlation of two lists of the same length. */
export function pearson(a: readonly number[], b: readonly number[]): Correlation {
  if (a.length !== b.length) throw new RangeError("lists of the same length are needed");
  const n = a.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [covariance, varianceA, varianceB] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [da, db] = [a[i]! - meanA, b[i]! - meanB];
    covariance += da * db;
    varianceA += da * da;
    varianceB += db * db;
  }
  if (n < 2 || varianceA === 0 || varianceB === 0) return { r: Number.NaN, p: Number.NaN };
  const r = Math.max(-1, Math.min(1, covariance / Math.sqrt(varianceA * varianceB)));
  return { r, p: probability(r, n) };
}

/** Spearman's rank correlation: Pearson's of the ranks, equal values sharing the mean of theirs. */
export function spearman(a: readonly number[], b: readonly number[]): Correlation {
  return pearson(ranksOf(a), ranksOf(b));
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function ranksOf(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((i, j) => values[i]! - values[j]!);
  const ranks: number[] = new Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/**
 * Student's t with n − 2 degrees of freedom, two-sided, in terms of r: the tail is an incomplete beta function of 1 − r²,
 * which keeps its digits down to the smallest numbers (the paper reports 2.6e-99).
 */
function probability(r: number, n: number): number {
  if (n < 3) return Number.NaN;
  return incompleteBeta((1 - r) * (1 + r), (n - 2) / 2, 0.5);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
