import { describe, expect, test } from "vitest";
import { recipe } from "../../src/optimizer/recipes.ts";
import { type Target, targetOf } from "../../src/optimizer/target.ts";

const weightLimits = (target: Target): unknown[] =>
  recipe("int8", target)
    .map(({ parameters }) => parameters["weightLimit"])
    .filter((limit) => limit !== undefined);

describe("the recipe for INT8", () => {
  const { cpu } = targetOf({ provider: "cpu", portable: false });

  test("has weights as fine as the CPU sums exactly, and smooths for such weights", () => {
    expect(weightLimits({ provider: "cpu", cpu: { ...cpu, exactInt8: true } })).toEqual([127, 127]);
    expect(weightLimits({ provider: "cpu", cpu: { ...cpu, exactInt8: false } })).toEqual([63, 63]);
  });

  test("has weights of 7 bits for an encoder that is to run on every CPU", () => {
    expect(weightLimits(targetOf({ provider: "cpu", portable: true }))).toEqual([63, 63]);
  });
});
