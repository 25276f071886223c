import { describe, expect, test } from "vitest";
import { edrm } from "../../src/evaluation/metrics/edrm.ts";

describe("EDRM (paper Eq. 12)", () => {
  test("is worked out by hand: the distance against the largest one possible from the answer", () => {
    // 5 for 5: 1. 4 for 5: 1 − 1/4. 1 for 3: 1 − 2/4. 0 for 5: 1 − 5/5. 2.5 for 0: 1 − 2.5/2.5.
    expect(edrm([5, 4, 1, 0, 2.5], [5, 5, 3, 5, 0])).toBeCloseTo((1 + 0.75 + 0.5 + 0 + 0) / 5, 12);
  });

  test("in the other reading takes the largest one possible from the reference", () => {
    // 4 for 5: 1 − 1/5. 1 for 3: 1 − 2/3. 2.5 for 0: 1 − 2.5/5.
    expect(edrm([4, 1, 2.5], [5, 3, 0], "reference")).toBeCloseTo((0.8 + 1 / 3 + 0.5) / 3, 12);
  });

  test("counts an answer that is not on the scale, or none, as nothing", () => {
    expect(edrm([5.01, -0.1, Number.NaN, 3], [5, 0, 3, 3])).toBe(0.25);
  });

  test("is NaN for nothing and refuses lists of different lengths", () => {
    expect(edrm([], [])).toBeNaN();
    expect(() => edrm([1], [])).toThrow(RangeError);
  });
});
