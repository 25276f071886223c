import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Tokenizer } from "../../src/encoder/tokenizer.ts";
import { UnigramPieces } from "../../src/encoder/unigram-pieces.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";

const folder = join(FIXTURES, "tiny-xlmr");
const read = (name: string): object => JSON.parse(readFileSync(join(folder, name), "utf8"));
const library = new HuggingFaceTokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
const ours = new Tokenizer(folder, 10_000);

test("any text has the ids that the library gives it", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 60 }),
    fc.string({ unit: fc.constantFrom(..."aeioustnrlch ▁-éàœ😀中"), maxLength: 60 }),
  );
  fc.assert(
    fc.property(text, (value) => {
      expect(ours.encode(value)).toEqual(library.encode(value).ids);
    }),
    { numRuns: 2000 },
  );
});

test("the strings of the sample release have the ids that the library gives them", () => {
  const lines = readFileSync(join(FIXTURES, "..", "..", "sample", "META", "MRCONSO.RRF"), "utf8").split("\n");
  const texts = lines.map((line) => line.split("|")[14] ?? "").filter(Boolean);
  expect(texts.length).toBeGreaterThan(1000);
  for (const text of texts) expect(ours.encode(text)).toEqual(library.encode(text).ids);
});

test("where a piece scores what its parts do, the choice is the library's", () => {
  const tokenizer = read("tokenizer.json") as { model: { vocab: [string, number][] } };
  const { vocab } = tokenizer.model;
  const scores = new Map(vocab);
  // Joined pieces whose scores are sums, which floating point rounds: what extending a vocabulary leaves.
  const parts = vocab.map(([piece]) => piece).filter((piece) => /^[a-z]{1,2}$/.test(piece));
  for (const [i, part] of parts.entries()) {
    const other = parts[(7 * i + 3) % parts.length]!;
    const joined = part + other;
    if (scores.has(joined)) continue;
    scores.set(joined, scores.get(part)! + scores.get(other)!);
    vocab.push([joined, scores.get(joined)!]);
  }
  const extended = temporaryFolder();
  try {
    writeFileSync(join(extended.path, "tokenizer.json"), JSON.stringify(tokenizer));
    writeFileSync(
      join(extended.path, "tokenizer_config.json"),
      JSON.stringify(read("tokenizer_config.json")),
    );
    const same = new HuggingFaceTokenizer(tokenizer, read("tokenizer_config.json"));
    const own = new Tokenizer(extended.path, 10_000);
    const text = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((words) => words.join(""));
    fc.assert(
      fc.property(text, (value) => {
        expect(own.encode(value)).toEqual(same.encode(value).ids);
      }),
      { numRuns: 2000 },
    );
  } finally {
    extended[Symbol.dispose]();
  }
});

/** The best score of all ways to cut a word, by trying each. */
function bestScore(word: string, scores: ReadonlyMap<string, number>, unknown: number): number {
  const letters = [...word];
  if (letters.length === 0) return 0;
  return Math.max(
    ...letters.map((_, i) => {
      const piece = letters.slice(0, i + 1).join("");
      const score = scores.get(piece) ?? (i === 0 ? unknown : undefined);
      const rest = word.slice(piece.length);
      return score === undefined ? Number.NEGATIVE_INFINITY : score + bestScore(rest, scores, unknown);
    }),
  );
}

test("no other way to cut a word is more probable", () => {
  const letters = fc.constantFrom("a", "b", "c", "😀");
  const vocabulary = fc.uniqueArray(
    fc.tuple(fc.string({ unit: letters, minLength: 1, maxLength: 3 }), fc.integer({ min: -30, max: -1 })),
    { selector: ([piece]) => piece, minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(vocabulary, fc.string({ unit: letters, maxLength: 8 }), (pieces, word) => {
      const scores = new Map(pieces);
      const found = new UnigramPieces(pieces, -40).cut(word);
      expect(found.join("")).toBe(word);
      const score = found.reduce((sum, piece) => sum + (scores.get(piece) ?? -40), 0);
      expect(score).toBe(bestScore(word, scores, -40));
    }),
  );
});
