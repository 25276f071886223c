import { seededRandom } from "../../metrics/seeded-random.ts";
import type { GradedCosine } from "../isotonic-fit.ts";
import type { Regressor } from "./regressor.ts";

export interface ForestOptions {
  trees?: number;
  /** Fewest different pairs in a leaf; default a hundredth of the pairs, and at least 5, or a leaf would repeat the noise. */
  minLeaf?: number;
  seed?: number;
}

/** A tree over one variable is a step function: `values[i]` holds up to `limits[i]`, the last value beyond. */
interface Steps {
  limits: number[];
  values: number[];
}

/**
 * Random forest regression (RF of the paper's Fig. 3): the mean of trees, each grown on a bootstrap sample. With one
 * variable there is nothing else that could be random.
 */
export function fitRandomForest(
  pairs: readonly GradedCosine[],
  { trees = 100, minLeaf = Math.max(5, Math.ceil(pairs.length / 100)), seed = 1 }: ForestOptions = {},
): Regressor {
  const random = seededRandom(seed);
  const sorted = [...pairs].sort((a, b) => a.cosine - b.cosine);
  const forest = Array.from({ length: trees }, () => {
    const weights = new Uint32Array(sorted.length);
    for (let i = 0; i < sorted.length; i++) weights[Math.floor(random() * sorted.length)]!++;
    return growTree(sorted, weights, minLeaf);
  });
  return (cosine) => forest.reduce((sum, tree) => sum + valueAt(tree, cosine), 0) / trees;
}

/** One regression tree (CART) on all pairs, for itself. */
export function fitTree(pairs: readonly GradedCosine[], minLeaf: number): Regressor {
  const sorted = [...pairs].sort((a, b) => a.cosine - b.cosine);
  const tree = growTree(sorted, new Uint32Array(sorted.length).fill(1), minLeaf);
  return (cosine) => valueAt(tree, cosine);
}

function growTree(sorted: readonly GradedCosine[], weights: Uint32Array, minLeaf: number): Steps {
  // Sums up to each pair, so that the mean of any stretch is one subtraction.
  const count = new Float64Array(sorted.length + 1);
  const drawn = new Uint32Array(sorted.length + 1);
  const grades = new Float64Array(sorted.length + 1);
  for (const [i, { grade }] of sorted.entries()) {
    count[i + 1] = count[i]! + weights[i]!;
    drawn[i + 1] = drawn[i]! + Math.min(1, weights[i]!);
    grades[i + 1] = grades[i]! + weights[i]! * grade;
  }
  const steps: Steps = { limits: [], values: [] };
  const grow = (from: number, to: number): void => {
    const split = bestSplit(from, to);
    if (split === undefined) {
      steps.values.push((grades[to]! - grades[from]!) / (count[to]! - count[from]!));
      return;
    }
    grow(from, split);
    steps.limits.push((drawnBefore(split) + drawnFrom(split)) / 2);
    grow(split, to);
  };
  // The limit lies between two pairs that were drawn, whatever lies between them that was not.
  const drawnBefore = (at: number): number => {
    let i = at - 1;
    while (weights[i] === 0) i--;
    return sorted[i]!.cosine;
  };
  const drawnFrom = (at: number): number => {
    let i = at;
    while (weights[i] === 0) i++;
    return sorted[i]!.cosine;
  };
  const bestSplit = (from: number, to: number): number | undefined => {
    const [all, sum] = [count[to]! - count[from]!, grades[to]! - grades[from]!];
    // The squares explained by the means of both sides; a split must explain more than none.
    let best = (sum * sum) / all + 1e-9;
    let place: number | undefined;
    for (let i = from + 1; i < to; i++) {
      if (weights[i] === 0 || sorted[i]!.cosine === sorted[i - 1]!.cosine) continue;
      const [left, leftSum] = [count[i]! - count[from]!, grades[i]! - grades[from]!];
      if (drawn[i]! - drawn[from]! < minLeaf || drawn[to]! - drawn[i]! < minLeaf) continue;
      const explained = (leftSum * leftSum) / left + (sum - leftSum) ** 2 / (all - left);
      if (explained <= best) continue;
      best = explained;
      place = i;
    }
    return place;
  };
  grow(0, sorted.length);
  return steps;
}

function valueAt({ limits, values }: Steps, cosine: number): number {
  let [low, high] = [0, limits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cosine <= limits[middle]!) high = middle;
    else low = middle + 1;
  }
  return values[low]!;
}
