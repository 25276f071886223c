import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ByteSource } from "../../src/terminology/files/byte-source.ts";
import { TableRelease } from "../../src/terminology/table/table-release.ts";
import { atomsIn, readAll } from "./support/read-release.ts";

/** A term as it is to be read: what a cell may hold, without what is made of it (NFC, trimming, one line). */
const term = fc
  .string({ unit: "binary", minLength: 1, maxLength: 40 })
  .map((text) =>
    text
      .replace(/[\t\n\r]+/g, " ")
      .normalize("NFC")
      .trim(),
  )
  .filter((text) => text !== "");
const hostile = fc.constantFrom(
  'say "ah"',
  '"quoted"',
  "a,b;c",
  '""',
  '"',
  ",",
  "x'y",
  "a\u2028b",
  "\\",
  '5" pipe',
);
const rows = fc.array(
  fc.record({ id: fc.stringMatching(/^[A-Z]{2}:[0-9]{1,7}$/), term: fc.oneof(term, hostile) }),
  { minLength: 1, maxLength: 15 },
);

async function read(content: string, size: number, format: "csv" | "tsv") {
  const bytes = Buffer.from(content);
  const source: ByteSource = {
    name: `t.${format}`,
    bytes: bytes.length,
    async *read() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
  };
  const file = { source, isGzip: false, stored: { path: "", name: "", bytes: 0 } };
  const reading = await readAll(new TableRelease(file, format));
  expect(reading.rejects).toEqual([]);
  return atomsIn(reading).map(({ cui, str }) => ({ id: cui, term: str }));
}

describe("a table written by another program", () => {
  it("is read with the same ids and terms: CSV, any delimiter, any chunking", async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom(",", ";", "\t"),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        async (records, size, delimiter, newline, quoted) => {
          const options = { header: true, delimiter, record_delimiter: newline, quoted, bom: quoted };
          expect(await read(stringify(records, options), size, "csv")).toEqual(records);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is read with the same ids and terms: TSV as spreadsheets write it", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 300 }), async (records, size) => {
        const content = stringify(records, { header: true, delimiter: "\t" });
        expect(await read(content, size, "tsv")).toEqual(records);
      }),
    );
  });
});
