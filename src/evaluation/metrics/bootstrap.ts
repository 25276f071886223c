import { seededRandom } from "./seeded-random.ts";

/** A value with its interval. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

export interface BootstrapOptions {
  /** Default 1000. */
  resamples?: number;
  /** Default 1: the same data give the same interval. */
  seed?: number;
  /** Default 0.95. */
  level?: number;
}

/**
 * A statistic of `count` items with its percentile bootstrap interval (Efron): items are drawn with replacement, as many
 * as there are, and the statistic is taken anew. `statistic` is given the drawn items' numbers; draws for which it is NaN
 * are left out.
 */
export function bootstrap(
  count: number,
  statistic: (items: Uint32Array) => number,
  { resamples = 1000, seed = 1, level = 0.95 }: BootstrapOptions = {},
): Estimate {
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  const value = statistic(all);
  if (count === 0) return { value, low: Number.NaN, high: Number.NaN };
  const random = seededRandom(seed);
  const drawn = new Uint32Array(count);
  const values: number[] = [];
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < count; i++) drawn[i] = Math.floor(random() * count);
    const again = statistic(drawn);
    if (!Number.isNaN(again)) values.push(again);
  }
  values.sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return { value, low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/** The mean of values with its bootstrap interval. */
export function bootstrapMean(values: readonly number[], options?: BootstrapOptions): Estimate {
  return bootstrap(
    values.length,
    (items) => {
      let sum = 0;
      for (const item of items) sum += values[item]!;
      return sum / items.length;
    },
    options,
  );
}

/** Linear between the values, as numpy's default; NaN for none. */
export function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}
