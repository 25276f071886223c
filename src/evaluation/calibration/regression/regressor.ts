import type { GradedCosine } from "../isotonic-fit.ts";

/** What a grade is expected to be at a cosine. */
export type Regressor = (cosine: number) => number;

/** Fits a regressor on graded pairs; at least two with different cosines are needed. */
export type RegressionFit = (pairs: readonly GradedCosine[]) => Regressor;

/** The range of the cosines, for the min-max scaling that the paper puts before every regression (§4.2, task 1). */
export function cosineRange(pairs: readonly GradedCosine[]): { low: number; high: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { cosine } of pairs) {
    low = Math.min(low, cosine);
    high = Math.max(high, cosine);
  }
  if (low < high) return { low, high };
  throw new RangeError("a regression needs pairs of different cosines");
}

/** Min-max scaling of a cosine to 0 … 1 (scikit-learn's `MinMaxScaler`); beyond the range it goes on. */
export function minMaxScaler(pairs: readonly GradedCosine[]): (cosine: number) => number {
  const { low, high } = cosineRange(pairs);
  return (cosine) => (cosine - low) / (high - low);
}
