import { describe, expect, test } from "vitest";
import { choiceProbabilities, fitChoiceModel } from "../../../src/alignment/matching/choice-model.ts";
import fixture from "../../fixtures/choice.json" with { type: "json" };

const examples = fixture.examples.map(({ rows, right }) => ({
  rows: rows.map((row) => Float64Array.from(row)),
  right,
}));

describe("the choice among candidates", () => {
  test("is fitted as scipy fits it, no weight below 0", () => {
    const { bias, weights } = fitChoiceModel(examples, 1);
    expect(bias).toBeCloseTo(fixture.bias, 4);
    for (const [f, weight] of weights.entries()) expect(weight).toBeCloseTo(fixture.weights[f]!, 4);
    // The data speak against the last feature: it is held at 0.
    expect(weights[3]).toBe(0);
  });

  test("gives probabilities that leave the rest to none of them, worked by hand", () => {
    const model = { bias: 0, weights: [1] };
    const probabilities = choiceProbabilities(model, [Float64Array.of(0), Float64Array.of(Math.log(2))]);
    expect(probabilities[0]).toBeCloseTo(0.25, 12);
    expect(probabilities[1]).toBeCloseTo(0.5, 12);
    expect(choiceProbabilities(model, [])).toEqual([]);
    expect(choiceProbabilities(model, [Float64Array.of(1000)])).toEqual([1]);
  });

  test("stays finite where a feature tells all apart, and where one is constant", () => {
    const rows = (x: number): Float64Array[] => [Float64Array.of(x, 3), Float64Array.of(-x, 3)];
    const { bias, weights } = fitChoiceModel(
      [1, 2, 3].map((x) => ({ rows: rows(x), right: 0 })),
      1,
    );
    expect(weights[0]).toBeGreaterThan(0);
    for (const value of [bias, ...weights]) expect(value).toBeLessThan(100);
  });
});
