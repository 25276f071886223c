import { describe, expect, test } from "vitest";
import { checkEncoders, floatTwin } from "../../src/alignment/encoder-checks.ts";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import type { Encoder } from "../../src/encoder/encoder-pool.ts";
import { Calibrator } from "../../src/retrieval/rank/calibrator.ts";
import type { EncoderRetriever } from "../../src/retrieval/searcher.ts";
import { alignmentOf, sixEntries } from "./support/hand-made.ts";

function folder(hash: string, changes: object = {}): EncoderFolder {
  const manifest = {
    id: hash,
    precision: "int8",
    dimension: 2,
    pooling: "mean",
    checksums: { "tokenizer.json": "t" },
    ...changes,
  };
  return { folder: hash, hash, manifest } as unknown as EncoderFolder;
}

/** An encoder whose vectors turn with the length of the text. */
function encoder(hash: string, turn: number): Encoder {
  const encode = async (texts: readonly string[]) => ({
    vectors: Float32Array.from(texts.flatMap((t) => [Math.cos(t.length * turn), Math.sin(t.length * turn)])),
  });
  return { folder: folder(hash), encode } as unknown as Encoder;
}

describe("what is looked at beside the alignment", () => {
  const retrievers = [0.01, 0.02].map(
    (turn, i): EncoderRetriever => ({
      encoder: encoder(`e${i}`, turn),
      calibrator: new Calibrator({ id: "c" }),
      collection: "",
    }),
  );

  test("is what encoders give to an entry and the name of another's concept", async () => {
    const { unrelated, precisions } = await checkEncoders(alignmentOf(sixEntries()), retrievers, []);
    expect(precisions).toEqual([]);
    expect(unrelated.map(({ source }) => source)).toEqual([
      "crise cardiaque",
      "mal de tête",
      "ventre ballonné",
      "quelque chose",
      "introuvable",
    ]);
    const { source, target, scores } = unrelated[0]!;
    expect(scores[1]!.cosine).toBeCloseTo(Math.cos((source.length - target.length) * 0.02), 5);
    expect(scores[1]!.grade).toBeCloseTo(new Calibrator({ id: "c" }).grade(scores[1]!.cosine), 9);
  });

  test("is the same pairs by another precision of an encoder", async () => {
    const others = [{ encoder: 1, other: encoder("float", 0.021) }];
    const { precisions } = await checkEncoders(alignmentOf(sixEntries()), retrievers, others);
    expect(precisions).toHaveLength(1);
    expect(precisions[0]).toMatchObject({ encoder: 1, precision: "int8", other: { id: "float" } });
    expect(precisions[0]!.cosines).toHaveLength(5);
    expect(precisions[0]!.otherCosines).not.toEqual(precisions[0]!.cosines);
  });

  test("finds the floating-point form of an encoder among those installed", () => {
    const own = folder("a");
    const twin = folder("b", { precision: "float32" });
    const strangers = [
      folder("c"),
      folder("d", { precision: "float32", dimension: 3 }),
      folder("e", { precision: "float32", checksums: { "tokenizer.json": "u" } }),
    ];
    expect(floatTwin(own, [own, ...strangers, twin])).toBe(twin);
    expect(floatTwin(own, [own, ...strangers])).toBeUndefined();
    expect(floatTwin(twin, [own, twin])).toBeUndefined();
  });
});
