import type { Point, SearchSpace } from "../search-space.ts";

/** A point that was tried, with its place among all: 0 is the best; undefined for one that failed. */
export interface Trial {
  readonly point: Point;
  readonly rank: number | undefined;
}

/** Proposes points to try; undefined when there is none left that was not tried. */
export interface Sampler {
  next(trials: readonly Trial[]): Point | undefined;
}

// Asking this often for a point that is new before looking for one in order.
const MAX_REPEATS = 16;

/** A new point by `propose`; where it keeps to old ones, the first in order that was not tried. */
export function untried(
  space: SearchSpace,
  trials: readonly Trial[],
  propose: () => Point,
): Point | undefined {
  const tried = new Set(trials.map(({ point }) => JSON.stringify(space.active(point))));
  for (let i = 0; i < MAX_REPEATS; i++) {
    const point = space.active(propose());
    if (!tried.has(JSON.stringify(point))) return point;
  }
  for (const point of space.points()) if (!tried.has(JSON.stringify(point))) return point;
  return undefined;
}
