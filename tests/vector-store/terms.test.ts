import { readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TermsMaker } from "../../src/vector-store/embedded/make-terms.ts";
import { TermsFile } from "../../src/vector-store/embedded/terms-file.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Rows that hold each term, by a plain map. */
function mapOf(rows: readonly (readonly string[])[]): Map<string, number[]> {
  const map = new Map<string, number[]>();
  for (const [row, terms] of rows.entries())
    for (const term of new Set(terms)) map.set(term, [...(map.get(term) ?? []), row]);
  return map;
}

function write(path: string, rows: readonly (readonly string[])[], pairsInMemory?: number): void {
  const maker = new TermsMaker(path, pairsInMemory);
  for (const [row, terms] of rows.entries()) for (const term of new Set(terms)) maker.add(term, row);
  maker.finish();
}

test("a dictionary gives the rows of any term and any beginning, as a map does, however it was sorted", () => {
  using folder = temporaryFolder();
  const term = fc.string({ unit: "grapheme", maxLength: 12 });
  let number = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(term, { maxLength: 4 }), { maxLength: 300 }),
      fc.array(term, { minLength: 1, maxLength: 10 }),
      fc.constantFrom(undefined, 7, 100),
      (rows, others, pairsInMemory) => {
        const path = join(folder.path, String(number++));
        write(path, rows, pairsInMemory);
        using file = new TermsFile(path);
        const map = mapOf(rows);
        expect([...file.words()]).toEqual([...map.keys()].sort(byCodePoint));
        for (const asked of [...map.keys(), ...others]) {
          expect([...file.rowsOf(asked)]).toEqual(map.get(asked) ?? []);
          const begins = asked.slice(0, 2).toWellFormed();
          const inOrder = [...map.keys()].filter((t) => t.startsWith(begins)).sort(byCodePoint);
          expect([...file.rows(file.prefixRange(begins))]).toEqual(inOrder.flatMap((t) => map.get(t)!));
        }
      },
    ),
    { numRuns: 60, seed: 3 },
  );
  expect(readdirSync(folder.path).filter((name) => name.includes("part"))).toEqual([]);
});

test("a dictionary that was cut is an error and no answer", () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "t");
  write(
    path,
    Array.from({ length: 1000 }, (_, i) => [`term ${i}`]),
  );
  truncateSync(`${path}.rows`, 40);
  {
    using file = new TermsFile(path);
    expect(() => file.rowsOf("term 999")).toThrow("is cut");
  }
  truncateSync(`${path}.terms`, 900);
  expect(() => new TermsFile(path)).toThrow("is cut");
});
