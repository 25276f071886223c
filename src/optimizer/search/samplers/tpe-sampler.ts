import { RandomSource } from "../random-source.ts";
import type { Dimension, Point, SearchSpace } from "../search-space.ts";
import { randomPoint } from "./random-sampler.ts";
import { type Sampler, type Trial, untried } from "./sampler.ts";

export interface TpeOptions {
  seed: number;
  /** Points at random before the first that is chosen. */
  startup: number;
  /** Points drawn from the good ones' density, of which the most promising is taken. */
  candidates: number;
}

export const TPE_DEFAULTS = { startup: 10, candidates: 24 } as const;

/**
 * Tree-structured Parzen estimator (Bergstra et al. 2011), multivariate over categorical dimensions as in Optuna's
 * `TPESampler(multivariate=True, group=True)`: the trials are split into the best tenth and the rest; both get a
 * density, a mixture with one kernel per trial; of some points drawn from the best ones' density that is taken which
 * is likeliest there beside the rest. Trials that failed count among the rest.
 */
export function tpeSampler(space: SearchSpace, { seed, startup, candidates }: TpeOptions): Sampler {
  const random = new RandomSource(seed);
  const proposer = (trials: readonly Trial[]): (() => Point) => {
    const { good, rest } = split(trials);
    const better = new ParzenEstimator(space, good);
    const worse = new ParzenEstimator(space, rest);
    return () =>
      mostPromising(
        space,
        better,
        worse,
        Array.from({ length: candidates }, () => better.draw(random)),
      );
  };
  return {
    next: (trials) =>
      untried(space, trials, trials.length < startup ? () => randomPoint(space, random) : proposer(trials)),
  };
}

/** Of some points that which is likeliest among the good ones beside the rest. */
function mostPromising(
  space: SearchSpace,
  better: ParzenEstimator,
  worse: ParzenEstimator,
  points: readonly Point[],
): Point {
  let best: { point: Point; score: number } | undefined;
  for (const drawn of points) {
    const point = space.active(drawn);
    const score = better.logDensity(point) - worse.logDensity(point);
    if (!best || score > best.score) best = { point, score };
  }
  return best!.point;
}

const MOST_GOOD = 25;

/** The best tenth, at least one and at most 25, and all others. */
export function split(trials: readonly Trial[]): { good: Trial[]; rest: Trial[] } {
  const count = Math.min(Math.ceil(trials.length / 10), MOST_GOOD);
  const ranked = trials.filter((t) => t.rank !== undefined).sort((a, b) => a.rank! - b.rank!);
  const good = new Set(ranked.slice(0, count));
  return { good: [...good], rest: trials.filter((t) => !good.has(t)) };
}

/**
 * A mixture of one kernel per trial and a uniform one. In each dimension a kernel gives its trial's value the weight
 * 1 + w and every other w, with w = 1 / number of kernels; a dimension that played no part in a trial is uniform.
 */
export class ParzenEstimator {
  readonly #space: SearchSpace;
  /** Per kernel and dimension a distribution; undefined is uniform. */
  readonly #kernels: readonly (readonly (readonly number[] | undefined)[])[];

  constructor(space: SearchSpace, trials: readonly Trial[]) {
    this.#space = space;
    const prior = 1 / (trials.length + 1);
    this.#kernels = [
      ...trials.map(({ point }) => {
        const active = space.active(point);
        return space.dimensions.map(({ name, size }) => distribution(active[name], size, prior));
      }),
      space.dimensions.map(() => undefined),
    ];
  }

  draw(random: RandomSource): Point {
    const kernel = this.#kernels[random.below(this.#kernels.length)]!;
    const entries = this.#space.dimensions.map(({ name, size }, i) => {
      const weights = kernel[i];
      return [name, weights ? random.weighted(weights) : random.below(size)] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Over the dimensions that play a part in the point. */
  logDensity(point: Point): number {
    const densities = this.#kernels.map((kernel) =>
      this.#space.dimensions.reduce(
        (product, dimension, i) => product * probability(kernel[i], dimension, point),
        1,
      ),
    );
    return Math.log(densities.reduce((a, b) => a + b, 0) / densities.length);
  }
}

function distribution(value: number | undefined, size: number, prior: number): number[] | undefined {
  if (value === undefined) return undefined;
  return Array.from({ length: size }, (_, i) => ((i === value ? 1 : 0) + prior) / (1 + size * prior));
}

function probability(kernel: readonly number[] | undefined, { name, size }: Dimension, point: Point): number {
  const value = point[name];
  if (value === undefined) return 1;
  return kernel ? kernel[value]! : 1 / size;
}
