import { expect, test } from "vitest";
import { allowedTypos, isVariant, WordVariants } from "../../src/vector-store/word-variants.ts";
import { seeded } from "../support/random-vectors.ts";

/** The textbook's table, without any cut. */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      table[i]![j] = Math.min(
        table[i - 1]![j]! + 1,
        table[i]![j - 1]! + 1,
        table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
  return table[a.length]![b.length]!;
}

test("finds just the words within the distance that begin with the same letter", () => {
  const random = seeded(11);
  const word = (): string =>
    Array.from({ length: 3 + Math.floor(random() * 4) }, () => "abc"[Math.floor(random() * 3)]).join("");
  const words = [...new Set(Array.from({ length: 600 }, word))];
  const variants = new WordVariants(words);
  for (let i = 0; i < 200; i++) {
    const query = word();
    for (const typos of [1, 2]) {
      const near = words.filter((w) => w[0] === query[0] && distance(query, w) <= typos);
      expect(variants.of(query, typos, 1000).toSorted()).toEqual(near.toSorted());
    }
  }
});

test("gives the nearest first, and no more than asked for", () => {
  const variants = new WordVariants(["heart", "hearts", "heard", "hear", "hart", "beart"]);
  expect(variants.of("heart", 1, 3)).toEqual(["heart", "hart", "hear"]);
});

test("short words and those with a digit hold no typo, and are none", () => {
  expect(["cat", "t123456", "gata", "diabete", "diabetes"].map((word) => allowedTypos(word, 2))).toEqual([
    0, 0, 1, 1, 2,
  ]);
  expect(["ab", "abc", "abc1"].map(isVariant)).toEqual([false, true, false]);
});
