import { type PassStep, stepOf } from "../pass-step.ts";
import type { Pass } from "../passes/pass.ts";

/** A pass as a flow names it: parameters that are fixed, and those that a search chooses from values. */
export interface PassChoice {
  readonly pass: Pass;
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly searched: Readonly<Record<string, readonly unknown[]>>;
}

/** One place of a flow: passes of which one is taken; null leaves the place empty. */
export type Place = readonly (PassChoice | null)[];

/** A question that a search answers by one of some values. */
export interface Dimension {
  readonly name: string;
  readonly size: number;
}

/** An answer to every dimension, by its name: the index of a value. Answers that play no part may be there as well. */
export type Point = Readonly<Record<string, number>>;

/**
 * The joint space of all places of a flow: which pass each has, and the values of its parameters. A parameter counts
 * where its pass is taken.
 */
export class SearchSpace {
  readonly dimensions: readonly Dimension[];
  readonly #places: readonly Place[];

  constructor(places: readonly Place[]) {
    this.#places = places;
    this.dimensions = places.flatMap((place, i) => [
      ...(place.length > 1 ? [{ name: placeName(i), size: place.length }] : []),
      ...place.flatMap((choice, j) =>
        Object.entries(choice?.searched ?? {})
          .filter(([, values]) => values.length > 1)
          .map(([parameter, values]) => ({ name: parameterName(i, j, parameter), size: values.length })),
      ),
    ]);
  }

  /** The passes of a point, in order. */
  steps(point: Point): PassStep[] {
    return this.#places.flatMap((place, i) => {
      const j = place.length > 1 ? (point[placeName(i)] ?? 0) : 0;
      const choice = place[j];
      if (!choice) return [];
      const parameters: Record<string, unknown> = { ...choice.fixed };
      for (const [name, values] of Object.entries(choice.searched)) {
        const at = values.length > 1 ? (point[parameterName(i, j, name)] ?? 0) : 0;
        parameters[name] = values[at];
      }
      return [stepOf(choice.pass, parameters)];
    });
  }

  /** The point without the answers that play no part in it: two points with the same steps are equal. */
  active(point: Point): Point {
    const names = this.#places.flatMap((place, i) => {
      const j = place.length > 1 ? (point[placeName(i)] ?? 0) : 0;
      const parameters = Object.keys(place[j]?.searched ?? {}).map((name) => parameterName(i, j, name));
      return [placeName(i), ...parameters];
    });
    const known = this.dimensions.map(({ name }) => name).filter((name) => names.includes(name));
    return Object.fromEntries(known.map((name) => [name, point[name] ?? 0]));
  }

  /** Every point, each once: the last dimension changes fastest. */
  *points(): Generator<Point> {
    const seen = new Set<string>();
    for (const point of product(this.dimensions)) {
      const active = this.active(point);
      const key = JSON.stringify(active);
      if (seen.has(key)) continue;
      seen.add(key);
      yield active;
    }
  }
}

function placeName(place: number): string {
  return `place ${place}`;
}

function parameterName(place: number, choice: number, parameter: string): string {
  return `place ${place}.${choice}.${parameter}`;
}

function* product(dimensions: readonly Dimension[]): Generator<Point> {
  const [first, ...rest] = dimensions;
  if (!first) {
    yield {};
    return;
  }
  for (let i = 0; i < first.size; i++) for (const point of product(rest)) yield { [first.name]: i, ...point };
}
