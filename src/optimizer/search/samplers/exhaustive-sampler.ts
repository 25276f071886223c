import type { SearchSpace } from "../search-space.ts";
import type { Sampler } from "./sampler.ts";

/** Every point, in order. */
export function exhaustiveSampler(space: SearchSpace): Sampler {
  const points = space.points();
  return {
    next: () => {
      const { value, done } = points.next();
      return done ? undefined : value;
    },
  };
}
