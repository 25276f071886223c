import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { passNamed } from "../../../src/optimizer/passes/catalogue.ts";
import { RandomSource } from "../../../src/optimizer/search/random-source.ts";
import { exhaustiveSampler } from "../../../src/optimizer/search/samplers/exhaustive-sampler.ts";
import { randomSampler } from "../../../src/optimizer/search/samplers/random-sampler.ts";
import type { Sampler, Trial } from "../../../src/optimizer/search/samplers/sampler.ts";
import {
  ParzenEstimator,
  split,
  TPE_DEFAULTS,
  tpeSampler,
} from "../../../src/optimizer/search/samplers/tpe-sampler.ts";
import {
  type PassChoice,
  type Place,
  type Point,
  SearchSpace,
} from "../../../src/optimizer/search/search-space.ts";

function choice(
  name: string,
  searched: PassChoice["searched"] = {},
  fixed: PassChoice["fixed"] = {},
): PassChoice {
  return { pass: passNamed(name)!, fixed, searched };
}

const PLACES: Place[] = [
  [choice("onnx-conversion", {}, { opset: 17 })],
  [choice("smooth-quant", { alpha: [0.3, 0.5, 0.7] }), null],
  [
    choice("fast-int8", { clip: ["search", 1] }),
    choice("weight-only", { bits: [8, 4], blockSize: [32, 64, 128] }),
  ],
  [choice("session-tuning", { tokenBudget: [256, 512, 1024, 2048] })],
];
const space = new SearchSpace(PLACES);

describe("the joint space of a flow", () => {
  test("has each way through it once", () => {
    const points = [...space.points()];
    expect(points).toHaveLength((3 + 1) * (2 + 6) * 4);
    expect(new Set(points.map((p) => JSON.stringify(space.steps(p)))).size).toBe(points.length);
  });

  test("gives the passes of a point with all their parameters", () => {
    const point = {
      "place 1": 1,
      "place 2": 1,
      "place 2.1.bits": 1,
      "place 2.1.blockSize": 2,
      "place 3.0.tokenBudget": 0,
    };
    expect(space.steps(point).map(({ pass, parameters }) => [pass.name, parameters])).toEqual([
      ["onnx-conversion", { opset: 17 }],
      ["weight-only", { bits: 4, blockSize: 128 }],
      ["session-tuning", { graphOptimizationLevel: "all", tokenBudget: 256 }],
    ]);
  });

  test("forgets what plays no part", () => {
    const idle = {
      "place 1": 1,
      "place 1.0.alpha": 2,
      "place 2": 0,
      "place 2.0.clip": 1,
      "place 2.1.bits": 1,
      "place 3.0.tokenBudget": 3,
    };
    expect(space.active(idle)).toEqual({
      "place 1": 1,
      "place 2": 0,
      "place 2.0.clip": 1,
      "place 3.0.tokenBudget": 3,
    });
  });
});

/** Runs a sampler on a cost that is known, and gives the points in order. */
function run(sampler: Sampler, cost: (point: Point) => number, count: number): Point[] {
  const trials: { point: Point; cost: number }[] = [];
  for (let i = 0; i < count; i++) {
    const ranked: Trial[] = trials.map((t) => ({
      point: t.point,
      rank: trials.filter((o) => o.cost < t.cost).length,
    }));
    const point = sampler.next(ranked);
    if (!point) break;
    trials.push({ point, cost: cost(point) });
  }
  return trials.map(({ point }) => point);
}

const distance =
  (target: Point) =>
  (point: Point): number =>
    space.dimensions.reduce((sum, { name }) => sum + ((point[name] ?? 0) === (target[name] ?? 0) ? 0 : 1), 0);

describe.each<[string, (seed: number) => Sampler]>([
  ["exhaustive", () => exhaustiveSampler(space)],
  ["random", (seed) => randomSampler(space, seed)],
  ["tpe", (seed) => tpeSampler(space, { ...TPE_DEFAULTS, seed })],
])("a sampler: %s", (_, make) => {
  test("tries every point once, and says when there is none left", () => {
    const points = run(make(3), () => 0, 1000);
    expect(points).toHaveLength(128);
    expect(new Set(points.map((p) => JSON.stringify(p))).size).toBe(128);
  });

  test("does the same for the same seed", () => {
    const cost = distance({ "place 1": 1 });
    expect(run(make(5), cost, 40)).toEqual(run(make(5), cost, 40));
  });
});

describe("the Parzen estimator", () => {
  test("is a density: over all points of a dimension that plays a part its values add up to one", () => {
    const flat = new SearchSpace([[choice("weight-only", { bits: [8, 4], blockSize: [16, 32, 64, 128] })]]);
    const all = [...flat.points()];
    fc.assert(
      fc.property(fc.array(fc.nat(all.length - 1), { maxLength: 12 }), (picks) => {
        const estimator = new ParzenEstimator(
          flat,
          picks.map((i) => ({ point: all[i]!, rank: 0 })),
        );
        const total = all.reduce((sum, point) => sum + Math.exp(estimator.logDensity(point)), 0);
        expect(total).toBeCloseTo(1, 10);
      }),
    );
  });

  test("draws what it says", () => {
    const flat = new SearchSpace([[choice("weight-only", { bits: [8, 4], blockSize: [16, 32, 64, 128] })]]);
    const trials = [...flat.points()].slice(0, 2).map((point) => ({ point, rank: 0 }));
    const estimator = new ParzenEstimator(flat, trials);
    const random = new RandomSource(1);
    const counts = new Map<string, number>();
    const draws = 40_000;
    for (let i = 0; i < draws; i++) {
      const key = JSON.stringify(flat.active(estimator.draw(random)));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const point of flat.points()) {
      const share = (counts.get(JSON.stringify(point)) ?? 0) / draws;
      expect(Math.abs(share - Math.exp(estimator.logDensity(point)))).toBeLessThan(0.01);
    }
  });

  test("the best tenth is good, failures never are", () => {
    const trials = Array.from({ length: 30 }, (_, i) => ({
      point: {},
      rank: i % 3 === 0 ? undefined : 30 - i,
    }));
    const { good, rest } = split(trials);
    expect(good.map((t) => t.rank)).toEqual([1, 2, 4]);
    expect(rest).toHaveLength(27);
  });
});

describe("TPE", () => {
  test("comes nearer to the optimum than chance does, on average over seeds and targets", () => {
    const targets = [...space.points()].filter((_, i) => i % 16 === 0);
    const best = (make: (seed: number) => Sampler): number => {
      let sum = 0;
      for (const [seed, target] of targets.entries())
        sum += Math.min(...run(make(seed), distance(target), 30).map(distance(target)));
      return sum / targets.length;
    };
    const tpe = best((seed) => tpeSampler(space, { ...TPE_DEFAULTS, seed }));
    const chance = best((seed) => randomSampler(space, seed));
    expect(tpe).toBeLessThan(chance);
  });
});

test("a random source is uniform, and follows from its seed", () => {
  const random = new RandomSource(42);
  const again = new RandomSource(42);
  const buckets = new Array<number>(10).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const value = random.next();
    expect(again.next()).toBe(value);
    buckets[Math.floor(value * 10)]!++;
  }
  for (const count of buckets) expect(Math.abs(count - 2000)).toBeLessThan(180);
});
