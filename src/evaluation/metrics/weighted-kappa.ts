/**
 * Cohen's kappa of two raters with quadratic weights (Cohen 1968): 1 − Σ(a−b)² observed / Σ(a−b)² expected from the two
 * raters' own distributions. The same as scikit-learn's `cohen_kappa_score(a, b, weights="quadratic")`.
 * Undefined where it is: without pairs, or where both raters gave one and the same rating throughout.
 */
export function quadraticWeightedKappa(a: readonly number[], b: readonly number[]): number | undefined {
  if (a.length !== b.length) throw new RangeError("as many ratings of one rater as of the other are needed");
  const n = a.length;
  if (n === 0) return undefined;
  const observed = a.reduce((sum, rating, i) => sum + (rating - b[i]!) ** 2, 0) / n;
  // E(a−b)² of independent draws: the variances and the squared difference of the means.
  const [meanA, meanB] = [mean(a), mean(b)];
  const expected =
    mean(a.map((x) => (x - meanA) ** 2)) + mean(b.map((x) => (x - meanB) ** 2)) + (meanA - meanB) ** 2;
  return expected === 0 ? undefined : 1 - observed / expected;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
