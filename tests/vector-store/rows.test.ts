import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DocumentRows } from "../../src/vector-store/embedded/document-rows.ts";
import { VectorRows } from "../../src/vector-store/embedded/vector-rows.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// Each write begins somewhere in what is there and drops the rest; the model is an array that is spliced.
const rows = fc.array(
  fc.tuple(fc.string({ maxLength: 12 }), fc.string({ unit: "grapheme", maxLength: 40 })),
  {
    maxLength: 6,
  },
);
const writes = fc.array(fc.tuple(fc.nat(), rows), { minLength: 1, maxLength: 8 });

describe("files of rows", () => {
  test("hold the documents that an array would hold after the same writes, read by place or in a range", () => {
    const check = fc.property(writes, (all) => {
      using folder = temporaryFolder();
      const path = join(folder.path, "d");
      DocumentRows.create(path);
      let model: { id: string; body: string }[] = [];
      for (const [at, written] of all) {
        using file = DocumentRows.open(path); // as a process of its own
        const first = at % (model.length + 1);
        const [ids, bodies] = [written.map(([id]) => id), written.map(([, body]) => body)];
        file.write(first, ids, bodies);
        model = [...model.slice(0, first), ...written.map(([id, body]) => ({ id, body }))];
        const whole = model.map((row, ordinal) => ({ ...row, ordinal }));
        expect(file.count).toBe(model.length);
        const places = [...whole.keys(), model.length, model.length + 7].reverse();
        expect(file.read(places)).toEqual(places.map((place) => whole[place]));
        if (model.length > 0) expect(file.readRange(1, model.length)).toEqual(whole.slice(1));
      }
    });
    fc.assert(check, { numRuns: 50 });
  });

  test("hold vectors bit by bit, and none beyond the last", () => {
    const floats = fc.array(fc.float({ noNaN: true }), { minLength: 3, maxLength: 3 });
    const some = fc.array(floats, { maxLength: 6 });
    const check = fc.property(fc.array(fc.tuple(fc.nat(), some), { minLength: 1, maxLength: 6 }), (all) => {
      using folder = temporaryFolder();
      const path = join(folder.path, "v");
      VectorRows.create(path);
      let model: { id: string; vector: number[] }[] = [];
      for (const [n, [at, written]] of all.entries()) {
        using file = VectorRows.open(path, 3);
        const first = at % (model.length + 1);
        const fresh = written.map((vector, i) => ({ id: `${n}/${i}`, vector }));
        const ids = fresh.map(({ id }) => id);
        file.write(first, ids, new Float32Array(written.flat()));
        model = [...model.slice(0, first), ...fresh];
        const read = file.read([...model.keys(), model.length]);
        for (const [row, { id, vector }] of model.entries()) {
          expect(read.idAt(row)).toBe(id);
          expect(read.vectorAt(row)).toEqual(new Float32Array(vector));
        }
        expect(read.idAt(model.length)).toBe("");
      }
    });
    fc.assert(check, { numRuns: 50 });
  });

  test("refuse a write that would leave a gap", () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "v");
    VectorRows.create(path);
    using file = VectorRows.open(path, 1);
    file.write(0, ["a"], new Float32Array([1]));
    expect(() => file.write(2, ["c"], new Float32Array([1]))).toThrow(/ends before row 2/);
  });
});
