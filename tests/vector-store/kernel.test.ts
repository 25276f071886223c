import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CodeScanner } from "../../src/vector-store/embedded/code-scanner.ts";
import { indexThreads } from "../../src/vector-store/embedded/index-threads.ts";
import { kernelOver, sharedMemory } from "../../src/vector-store/embedded/kernel.ts";
import { makeCodes } from "../../src/vector-store/embedded/make-codes.ts";
import { loadCodes } from "../../src/vector-store/embedded/partitioned-codes.ts";
import { Rotation } from "../../src/vector-store/embedded/rotation.ts";
import { CodeWriter, queryTable } from "../../src/vector-store/embedded/vector-codes.ts";
import { VectorRows } from "../../src/vector-store/embedded/vector-rows.ts";
import { kernelSource } from "../../tools/kernel/build-kernel.ts";
import { clusteredVectors, disturbed } from "../support/random-vectors.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

test("the kernel is what its text says", async () => {
  const kept = readFileSync(
    new URL("../../src/vector-store/embedded/kernel-bytes.ts", import.meta.url),
    "utf8",
  );
  expect(kept).toBe(await kernelSource());
});

test("products of one row, of four, and of what is left over are those of a plain loop", () => {
  for (const [rows, width] of [
    [1, 4],
    [4, 12],
    [7, 384],
  ] as const) {
    const memory = sharedMemory(4 * width * (rows + 1) + 4 * rows);
    const values = new Float32Array(memory.buffer, 0, width * (rows + 1));
    for (let i = 0; i < values.length; i++) values[i] = Math.sin(i * 1.7);
    const out = 4 * width * (rows + 1);
    kernelOver(memory).products(0, 4 * width, rows, 4 * width, out);
    const found = new Float32Array(memory.buffer, out, rows);
    for (let row = 0; row < rows; row++)
      expect(found[row]).toBeCloseTo(
        dot(values.subarray(0, width), values.subarray((row + 1) * width, (row + 2) * width)),
        3,
      );
  }
});

test("a rotation keeps lengths and angles, and spreads a vector over its coordinates", () => {
  const rotation = new Rotation(96);
  const turned = (vector: Float32Array): Float32Array => {
    const into = new Float32Array(96);
    rotation.apply(vector, 0, into);
    return into;
  };
  const a = new Float32Array(96);
  a[5] = 1;
  const b = Float32Array.from({ length: 96 }, (_, i) => Math.cos(i));
  expect(dot(turned(a), turned(b))).toBeCloseTo(b[5]!, 5);
  expect(dot(turned(b), turned(b))).toBeCloseTo(dot(b, b), 3);
  expect(Math.max(...turned(a).map(Math.abs))).toBeLessThan(0.5);
});

test.each([64, 100, 384])(
  "estimates of %i dimensions are what the formula of RaBitQ gives",
  async (dimension) => {
    using folder = temporaryFolder();
    const [count, partitions] = [500, 16];
    const vectors = clusteredVectors(count, dimension, 5);
    const row = (i: number): Float32Array => vectors.subarray(i * dimension, (i + 1) * dimension);
    const path = `${folder.path}/v`;
    VectorRows.create(path);
    {
      using rows = VectorRows.open(path, dimension);
      rows.write(
        0,
        Array.from({ length: count }, (_, i) => String(i)),
        vectors,
      );
    }
    const file = `${folder.path}/codes`;
    await makeCodes({ rows: path, dimension, count, partitions, file, threads: indexThreads });
    const scanner = new CodeScanner(loadCodes(file, 1), 0);
    const query = disturbed(vectors, 1, dimension).slice(0, dimension);

    const best = (to: Float32Array, wanted: number, filter?: Uint8Array): number[] => {
      const options = { limit: wanted, wanted, scanned: count, patience: count };
      const { rows, estimates } = scanner.candidates(to, options, filter);
      expect([...estimates]).toEqual([...estimates].sort((a, b) => b - a));
      return [...rows];
    };
    const all = best(query, count);
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));

    // The nearest by estimate are nearly the nearest, and a row is its own nearest.
    const nearest = Array.from({ length: count }, (_, i) => i).sort(
      (a, b) => dot(query, row(b)) - dot(query, row(a)),
    );
    const found = new Set(best(query, 60));
    expect(nearest.slice(0, 10).filter((i) => found.has(i)).length).toBeGreaterThanOrEqual(9);
    expect(best(row(123), 20)).toContain(123);

    const odd = new Uint8Array(Math.ceil(count / 8)).fill(0b10101010);
    const filtered = best(query, 40, odd);
    expect(filtered.length).toBe(40);
    expect(filtered.every((i) => i % 2 === 1)).toBe(true);
  },
);

test("a code's estimate of a product is near the product, without bias", () => {
  const dimension = 256;
  const vectors = clusteredVectors(400, dimension, 9);
  const centre = new Float32Array(dimension);
  for (let i = 0; i < vectors.length; i++) centre[i % dimension]! += vectors[i]! / 400;
  const writer = new CodeWriter(dimension, centre);
  const rotation = new Rotation(dimension);
  const query = disturbed(vectors, 1, dimension).slice(0, dimension);
  const rotated = new Float32Array(dimension);
  rotation.apply(query, 0, rotated);
  const { entries, scale, bias } = queryTable(rotated, dimension);
  let error = 0;
  let squared = 0;
  for (let i = 0; i < 400; i++) {
    const bits = new Uint8Array(dimension / 8);
    const { added, factor } = writer.write(vectors, i * dimension, 0, bits, 0);
    let sum = 0;
    for (let half = 0; half < dimension / 4; half++)
      sum += entries[half * 16 + ((bits[half >> 1]! >> (4 * (half & 1))) & 15)]!;
    const estimate = dot(centre, query) + added + factor * (scale * sum + bias);
    const off = estimate - dot(query, vectors.subarray(i * dimension, (i + 1) * dimension));
    error += off / 400;
    squared += (off * off) / 400;
  }
  expect(Math.abs(error)).toBeLessThan(0.01);
  expect(Math.sqrt(squared)).toBeLessThan(0.06);
});
