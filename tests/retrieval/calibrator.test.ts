import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Calibrator } from "../../src/retrieval/rank/calibrator.ts";

const fitted = {
  method: "isotonic",
  points: [
    [0.2, 0.1],
    [0.5, 1],
    [0.8, 4],
    [0.95, 5],
  ],
};

describe("a calibrator", () => {
  test("goes through its points, is linear between them and constant beyond", () => {
    const calibrator = new Calibrator({ id: "e", calibrator: fitted });
    expect([-1, 0.2, 0.5, 0.65, 0.8, 0.95, 1].map((c) => Number(calibrator.grade(c).toFixed(9)))).toEqual([
      0.1, 0.1, 1, 2.5, 4, 5, 5,
    ]);
    expect([0.2, 0.66, 0.9].map((c) => calibrator.rating(c))).toEqual([0, 3, 5]);
  });

  test("never falls when the cosine rises", () => {
    const calibrator = new Calibrator({ id: "e" });
    const cosine = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(fc.property(cosine, cosine, (a, b) => a > b || calibrator.grade(a) <= calibrator.grade(b)));
  });

  test("refuses points that can't be, naming the encoder", () => {
    const points = [
      [0.5, 1],
      [0.4, 2],
    ];
    expect(() => new Calibrator({ id: "e", calibrator: { method: "x", points } })).toThrow(
      /encoder e.*cosines must rise/,
    );
  });
});
