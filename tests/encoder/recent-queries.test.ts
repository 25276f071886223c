import { describe, expect, test } from "vitest";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import type { Encoder } from "../../src/encoder/encoder-pool.ts";
import type { TextContexts } from "../../src/encoder/loaded-encoder.ts";
import { RecentQueries } from "../../src/encoder/recent-queries.ts";

const DIMENSION = 2;
const ENTRY = 4 * DIMENSION + 200;

/** Gives each text a vector that says what it is and in which context, and notes what it was asked. */
class CountedEncoder implements Encoder {
  readonly folder = { manifest: { id: "counted", dimension: DIMENSION } } as EncoderFolder;
  readonly asked: string[][] = [];

  async encode(texts: readonly string[], _role: string, contexts?: TextContexts) {
    this.asked.push([...texts]);
    const rows = texts.flatMap((text, i) => [text.length, contexts?.[i]?.length ?? 0]);
    return { vectors: Float32Array.from(rows), tokens: texts.length };
  }

  async [Symbol.asyncDispose]() {}
}

describe("vectors of recent queries", () => {
  test("a query that is asked again is not encoded again, and its vector is the same", async () => {
    const encoder = new CountedEncoder();
    const recent = new RecentQueries(encoder);
    await recent.encode(["heart", "lungs!"], "query");
    const again = await recent.encode(["lungs!", "new", "heart"], "query");
    expect(encoder.asked).toEqual([["heart", "lungs!"], ["new"]]);
    expect([...again.vectors]).toEqual([6, 0, 3, 0, 5, 0]);
    expect(again.tokens).toBe(1);
  });

  test("a text asked twice at once gets its vector in both places", async () => {
    const recent = new RecentQueries(new CountedEncoder());
    expect([...(await recent.encode(["a", "a"], "query")).vectors]).toEqual([1, 0, 1, 0]);
  });

  test("the same words in another context are another query", async () => {
    const encoder = new CountedEncoder();
    const recent = new RecentQueries(encoder);
    await recent.encode(["DM"], "query", ["diabetes"]);
    await recent.encode(["DM"], "query", ["myotonic dystrophy"]);
    const alone = await recent.encode(["DM"], "query");
    expect(encoder.asked).toHaveLength(3);
    expect([...alone.vectors]).toEqual([2, 0]);
  });

  test("strings of a release are never kept: they are many and come once", async () => {
    const encoder = new CountedEncoder();
    const recent = new RecentQueries(encoder);
    await recent.encode(["name"], "string");
    await recent.encode(["name"], "string");
    expect(encoder.asked).toHaveLength(2);
  });

  test("beyond its bytes it forgets what was asked longest ago", async () => {
    const encoder = new CountedEncoder();
    const recent = new RecentQueries(encoder, 2 * ENTRY);
    await recent.encode(["one"], "query");
    await recent.encode(["two"], "query");
    await recent.encode(["one"], "query"); // now asked later than two
    await recent.encode(["three"], "query");
    await recent.encode(["one"], "query");
    expect(encoder.asked.flat()).toEqual(["one", "two", "three"]);
    await recent.encode(["two"], "query");
    expect(encoder.asked.flat()).toEqual(["one", "two", "three", "two"]);
  });
});
