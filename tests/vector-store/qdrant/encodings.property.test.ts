import fc from "fast-check";
import { expect, test } from "vitest";
import { BEGIN_BYTES, beginKeys, beginRanges } from "../../../src/vector-store/qdrant/begin-keys.ts";
import { floatArrayJson } from "../../../src/vector-store/qdrant/float-json.ts";

const texts = fc.string({ unit: "grapheme", maxLength: 14 });

function isWithin(text: string, prefix: string): boolean {
  const keys = beginKeys(text);
  return beginRanges(prefix).every(({ gte, lte }, i) => gte <= keys[i]! && keys[i]! <= lte);
}

test("every float32 is read back from its JSON as the same bits", () => {
  const values = fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ min: -1, max: 1, noNaN: true }),
    fc.float({ min: Math.fround(-0.05), max: Math.fround(0.05), noNaN: true }),
    fc.constantFrom(0, 1, -1, 0.5, Math.fround(0.99999994), 1.401298464324817e-45, 3.4028234663852886e38),
  );
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 40 }), fc.nat(3), (list, before) => {
      const row = new Float32Array([...new Array(before).fill(7), ...list, 7]);
      const read = JSON.parse(floatArrayJson(row, before, list.length).toString("latin1"));
      expect(Float32Array.from(read)).toEqual(row.slice(before, before + list.length).map((x) => x + 0));
    }),
    { numRuns: 2000 },
  );
});

test("keys are ordered as the texts are by code point, as far as they reach", () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const order = Buffer.compare(
        Buffer.from(a).subarray(0, BEGIN_BYTES),
        Buffer.from(b).subarray(0, BEGIN_BYTES),
      );
      const [left, right] = [beginKeys(a), beginKeys(b)];
      const first = left.findIndex((key, i) => key !== right[i]);
      const byKeys = first < 0 ? 0 : Math.sign(left[first]! - right[first]!);
      // A text and the same with a NUL behind it have the same keys; the store compares the texts themselves then.
      if (byKeys !== 0) expect(byKeys).toBe(order);
    }),
    { numRuns: 2000 },
  );
});

test("a text is within the ranges of a prefix when it begins so, and up to 18 bytes only then", () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      expect(isWithin(`${a}${b}`, a)).toBe(true);
      const fits = Buffer.byteLength(a) <= BEGIN_BYTES && !a.includes("\0");
      if (fits && isWithin(b, a)) expect(b.startsWith(a)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
