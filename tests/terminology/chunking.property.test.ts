import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Atom } from "../../src/terminology/atom.ts";
import type { ByteSource } from "../../src/terminology/files/byte-source.ts";
import { JsonScanner } from "../../src/terminology/files/json-scanner.ts";
import { lineBlocks } from "../../src/terminology/files/line-blocks.ts";
import { RrfRelease } from "../../src/terminology/rrf/rrf-release.ts";
import { atomsIn, readAll } from "./support/read-release.ts";
import { consoLine } from "./support/rrf-lines.ts";

/** Bytes that come in chunks of this size. */
async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function release(bytes: Buffer, size: number): RrfRelease {
  const source: ByteSource = { name: "MRCONSO.RRF", bytes: bytes.length, read: () => chunked(bytes, size) };
  return new RrfRelease([{ table: "MRCONSO", name: source.name, parts: [source], isGzip: false }], []);
}

/** Any Unicode but what RRF keeps for itself. */
const text = fc
  .string({ unit: "binary", minLength: 1, maxLength: 30 })
  .map((value) => value.replace(/[|\n]/g, "_"));
const word = fc.stringMatching(/^[A-Za-z0-9:._-]{1,12}$/);
const anyAtom: fc.Arbitrary<Atom> = fc.record({
  cui: word,
  lat: fc.constantFrom("ENG", "FRE", "CHI"),
  ts: fc.constantFrom("P", "S"),
  stt: fc.constantFrom("PF", "VO"),
  isPref: fc.boolean(),
  aui: word,
  sab: word,
  tty: word,
  code: fc.oneof(word, text),
  str: text.filter((value) => value.trim() !== ""),
  srl: fc.nat(9),
  suppress: fc.constantFrom("N", "O", "E", "Y"),
});

describe("whatever the chunking", () => {
  it("atoms written as RRF are read as the same atoms, strings in NFC and trimmed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyAtom, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        async (atoms, size, newline, isClosed) => {
          const lines = atoms.map((atom) => consoLine(atom)).join(newline) + (isClosed ? newline : "");
          const reading = await readAll(release(Buffer.from(lines), size));
          expect(reading.rejects).toEqual([]);
          expect(atomsIn(reading)).toEqual(
            atoms.map((atom) => ({ ...atom, str: atom.str.normalize("NFC").trim() })),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("rows and rejects are those of the whole, for every size from one byte up", async () => {
    const lines = [
      "\ufeff",
      consoLine({ str: "Fièvre 🌡" }),
      "bad|row|",
      "",
      consoLine({ aui: "A2", str: "cœur" }),
    ];
    const bytes = Buffer.concat([
      Buffer.from(lines.join("\r\n").replace("\r\n", "")),
      Buffer.from("\nx\xe9|\n", "latin1"),
    ]);
    const whole = await readAll(release(bytes, bytes.length));
    expect(whole.rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "2 columns, 18 expected"],
      [5, "not UTF-8"],
    ]);
    for (let size = 1; size < bytes.length; size++) {
      const { rows, rejects } = await readAll(release(bytes, size));
      expect({ rows, rejects }, `chunks of ${size}`).toEqual({ rows: whole.rows, rejects: whole.rejects });
    }
  });

  it("blocks of lines put together are the bytes that went in, and each ends with a line", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .uint8Array({ maxLength: 200 })
          .map((bytes) => Buffer.from(bytes.map((byte) => (byte % 4 === 0 ? 10 : byte)))),
        fc.integer({ min: 1, max: 50 }),
        async (bytes, size) => {
          const blocks: Buffer[] = [];
          for await (const block of lineBlocks(chunked(bytes, size), "any")) blocks.push(block);
          const marked = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
          expect(Buffer.concat(blocks)).toEqual(marked ? bytes.subarray(3) : bytes);
          for (const block of blocks.slice(0, -1)) expect(block.at(-1)).toBe(10);
        },
      ),
    );
  });

  it("the values cut out of a JSON document are those that JSON.parse finds", () => {
    const document = fc.record({
      'odd \\ "key"': fc.jsonValue(),
      graphs: fc.array(
        fc.record({
          id: fc.string({ unit: "binary" }),
          meta: fc.jsonValue(),
          nodes: fc.array(fc.jsonValue(), { maxLength: 5 }),
        }),
        { maxLength: 3 },
      ),
      nodes: fc.array(fc.jsonValue(), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        document,
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(undefined, 1, "\t"),
        (value, size, indent) => {
          const bytes = Buffer.from(JSON.stringify(value, undefined, indent));
          const scanner = new JsonScanner("any", { node: ["graphs", "*", "nodes", "*"] });
          const found: unknown[] = [];
          for (let at = 0; at < bytes.length; at += size) {
            for (const { slice } of scanner.push(bytes.subarray(at, at + size)))
              found.push(JSON.parse(slice.bytes.toString()));
          }
          scanner.end();
          expect(found).toEqual(JSON.parse(JSON.stringify(value.graphs.flatMap(({ nodes }) => nodes))));
        },
      ),
      { numRuns: 500 },
    );
  });
});
