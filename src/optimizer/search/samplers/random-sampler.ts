import { RandomSource } from "../random-source.ts";
import type { Point, SearchSpace } from "../search-space.ts";
import { type Sampler, untried } from "./sampler.ts";

/** Points at random, none twice. */
export function randomSampler(space: SearchSpace, seed: number): Sampler {
  const random = new RandomSource(seed);
  return { next: (trials) => untried(space, trials, () => randomPoint(space, random)) };
}

export function randomPoint(space: SearchSpace, random: RandomSource): Point {
  return Object.fromEntries(space.dimensions.map(({ name, size }) => [name, random.below(size)]));
}
