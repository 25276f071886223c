import { describe, expect, test } from "vitest";
import { type Goal, goalProblem, goalThreshold, shortfall } from "../../../src/optimizer/search/goals.ts";

const HIGHER = { higherIsBetter: true };
const LOWER = { higherIsBetter: false };

describe("a goal is met at the value that Olive's arithmetic gives", () => {
  test.each<[Goal, number, { higherIsBetter: boolean }, number]>([
    // The paper's: accuracy may fall by 0.01 %, average latency must fall by 20 %.
    [{ type: "percent-max-degradation", value: 0.01 }, 0.8886, HIGHER, 0.8886 * 0.9999],
    [{ type: "percent-min-improvement", value: 20 }, 19.9143, LOWER, 19.9143 * 0.8],
    [{ type: "threshold", value: 0.9 }, 0.1, HIGHER, 0.9],
    [{ type: "threshold", value: 10 }, 100, LOWER, 10],
    [{ type: "max-degradation", value: 0.01 }, 0.9, HIGHER, 0.89],
    [{ type: "max-degradation", value: 2 }, 10, LOWER, 12],
    [{ type: "min-improvement", value: 0.05 }, 0.9, HIGHER, 0.95],
    [{ type: "min-improvement", value: 2 }, 10, LOWER, 8],
    [{ type: "percent-min-improvement", value: 10 }, 50, HIGHER, 55],
    [{ type: "percent-max-degradation", value: 10 }, 50, LOWER, 55],
  ])("%j beside %f (%j)", (goal, baseline, direction, expected) => {
    expect(goalThreshold(goal, baseline, direction)).toBeCloseTo(expected, 10);
  });

  test("what is missing is a share of it", () => {
    expect(shortfall(0.9, 0.9, HIGHER)).toBe(0);
    expect(shortfall(0.8, 1, HIGHER)).toBeCloseTo(0.2);
    expect(shortfall(12, 10, LOWER)).toBeCloseTo(0.2);
    expect(shortfall(Number.NaN, 10, LOWER)).toBe(Number.POSITIVE_INFINITY);
  });

  test.each<[Goal, { higherIsBetter: boolean }, RegExp]>([
    [{ type: "max-degradation", value: -1 }, HIGHER, /below 0/],
    [{ type: "percent-min-improvement", value: 100 }, LOWER, /between 0 and 100/],
    [{ type: "percent-max-degradation", value: 0 }, HIGHER, /between 0 and 100/],
  ])("%j (%j) can't be meant", (goal, direction, problem) => {
    expect(goalProblem(goal, direction)).toMatch(problem);
  });

  test("an improvement of more than all can be meant where higher is better", () => {
    expect(goalProblem({ type: "percent-min-improvement", value: 150 }, HIGHER)).toBeUndefined();
  });
});
