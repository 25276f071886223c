import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenBatches } from "../../src/encoder/token-batches.ts";

describe("token batches", () => {
  const sequences = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 }), {
    maxLength: 80,
  });

  test("hold every input just once, with its own sequence, and no padding", () => {
    fc.assert(
      fc.property(sequences, fc.integer({ min: 1, max: 40 }), (inputs, budget) => {
        const seen = new Map<number, readonly number[]>();
        for (const { length, sequences: batch, inputs: positions } of tokenBatches(inputs, budget)) {
          expect(batch.every((s) => s.length === length)).toBe(true);
          for (const [row, list] of positions.entries()) {
            for (const position of list) {
              expect(seen.has(position)).toBe(false);
              seen.set(position, batch[row]!);
            }
          }
        }
        expect([...inputs.keys()].map((i) => seen.get(i))).toEqual(inputs);
      }),
    );
  });

  test("encode a sequence once and keep to the token budget", () => {
    fc.assert(
      fc.property(sequences, fc.integer({ min: 6, max: 40 }), (inputs, budget) => {
        const batches = tokenBatches(inputs, budget);
        const all = batches.flatMap((b) => b.sequences.map((s) => s.join()));
        expect(new Set(all).size).toBe(all.length);
        for (const { length, sequences: batch } of batches)
          expect(length * batch.length).toBeLessThanOrEqual(budget);
      }),
    );
  });
});
