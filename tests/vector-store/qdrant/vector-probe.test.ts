import { expect, test } from "vitest";
import { checkProbe, probeOf } from "../../../src/vector-store/qdrant/vector-probe.ts";
import { clusteredVectors } from "../../support/random-vectors.ts";

test("a probe tells a vector from every other that differs in a coordinate, and not from itself rounded by a server", () => {
  const vector = clusteredVectors(1, 384, 3);
  const probe = probeOf(vector);
  checkProbe("c", 1, probeOf(Array.from(vector)) + 1e-5, probe);
  checkProbe("c", 1, 17, undefined); // of an earlier version
  for (let i = 0; i < vector.length; i++) {
    const other = vector.slice();
    other[i]! += 0.01;
    expect(() => checkProbe("c", 1, probeOf(other), probe)).toThrow(/point 1 in c is damaged.*--restart/);
  }
  expect(() => checkProbe("c", 1, Number.NaN, probe)).toThrow(/damaged/);
});
