/** A density on an even grid. */
export interface Density {
  x: number[];
  y: number[];
  bandwidth: number;
}

/**
 * Gaussian kernel density estimate (paper Fig. 5) on `points` values from `from` to `to`. Bandwidth by Scott's rule, as
 * `scipy.stats.gaussian_kde`: n^(-1/5) times the standard deviation.
 */
export function gaussianDensity(
  values: readonly number[],
  from: number,
  to: number,
  points: number,
): Density {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, n - 1);
  // All the same: a narrow peak instead of none.
  const bandwidth = Math.sqrt(variance) * n ** -0.2 || (to - from) / points;
  const x = Array.from({ length: points }, (_, i) => from + ((to - from) * i) / (points - 1));
  const scale = 1 / (n * bandwidth * Math.sqrt(2 * Math.PI));
  const y = x.map((at) => {
    let sum = 0;
    for (const value of values) sum += Math.exp(-(((at - value) / bandwidth) ** 2) / 2);
    return sum * scale;
  });
  return { x, y, bandwidth };
}
