import { expect, test } from "vitest";
import {
  indexPlan,
  memoryOf,
  quantizationConfig,
  quantizationOf,
} from "../../../src/vector-store/qdrant/index-plan.ts";

const UMLS = 17_000_000;
const quantizationFor = (memory: number | undefined): string =>
  indexPlan(UMLS, 1024, { quantization: "auto", memory, m: 16 }).quantization;

test("takes the finest codes that leave a quarter of the memory to the originals", () => {
  expect([undefined, 64e9, 48e9, 32e9, 20e9, 4e9].map(quantizationFor)).toEqual([
    "int8",
    "int8",
    "int8",
    "turbo",
    "binary",
    "binary",
  ]);
  for (const memory of [64e9, 48e9, 32e9, 20e9])
    expect(indexPlan(UMLS, 1024, { quantization: "auto", memory, m: 16 }).memory).toBeLessThanOrEqual(
      0.75 * memory,
    );
});

test("takes what it is told to, whatever the memory", () => {
  expect(indexPlan(UMLS, 1024, { quantization: "none", memory: 1e9, m: 16 }).quantization).toBe("none");
});

test("counts more memory for finer codes, longer vectors and more links", () => {
  const sizes = (["binary", "turbo", "int8", "none"] as const).map((codes) => memoryOf(codes, UMLS, 768, 16));
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  expect(memoryOf("int8", 1000, 1024, 16)).toBeGreaterThan(memoryOf("int8", 1000, 768, 16));
  expect(memoryOf("int8", 1000, 768, 32)).toBeGreaterThan(memoryOf("int8", 1000, 768, 16));
});

test.each(["int8", "turbo", "binary"] as const)("knows %s again in what the server says", (codes) => {
  expect(quantizationOf(quantizationConfig(codes) as object)).toBe(codes);
  expect(quantizationOf(null)).toBe("none");
});
