import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type IndexedString, TrigramIndex } from "../../../src/alignment/matching/trigram-index.ts";
import { characterTrigrams } from "../../../src/text/character-trigrams.ts";
import { SAMPLE } from "../../support/sample-store.ts";

const names = readFileSync(`${SAMPLE}/META/MRCONSO.RRF`, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => line.split("|")[14]!);
const texts = [...new Set(names)].slice(0, 1500);

async function* batches(): AsyncGenerator<IndexedString[]> {
  for (let start = 0; start < texts.length; start += 400)
    yield texts
      .slice(start, start + 400)
      .map((text, i) => ({ ref: { id: text, ordinal: start + i }, text, tag: text[0]! }));
}

/** TF-IDF in the plainest way: sets of trigrams, scikit-learn's smoothed idf. */
function bruteForce(query: string): { id: string; cosine: number }[] {
  const sets = texts.map((text) => new Set(characterTrigrams(text)));
  const idf = (trigram: number): number =>
    Math.log((1 + texts.length) / (1 + sets.filter((set) => set.has(trigram)).length)) + 1;
  const own = [...new Set(characterTrigrams(query))];
  const weights = new Map(own.map((trigram) => [trigram, idf(trigram)]));
  const norm = (set: Iterable<number>): number =>
    Math.sqrt([...set].reduce((sum, trigram) => sum + (weights.get(trigram) ?? idf(trigram)) ** 2, 0));
  const length = norm(own);
  return texts
    .map((id, i) => {
      const shared = own.filter((trigram) => sets[i]!.has(trigram));
      const dot = shared.reduce((sum, trigram) => sum + weights.get(trigram)! ** 2, 0);
      return { id, cosine: dot === 0 ? 0 : dot / (length * norm(sets[i]!)) };
    })
    .sort((a, b) => b.cosine - a.cosine || texts.indexOf(a.id) - texts.indexOf(b.id));
}

describe("the index of character trigrams", () => {
  test.each(["insuffisance cardiaque", "Myocardial infarcts", "mal de tete"])(
    "finds what comparing with everything finds: %s",
    async (query) => {
      const index = await TrigramIndex.build(batches());
      const found = index.nearest(query, 5);
      const wanted = bruteForce(query).slice(0, 5);
      expect(found.map(({ cosine }) => cosine.toFixed(5))).toEqual(
        wanted.map(({ cosine }) => cosine.toFixed(5)),
      );
      expect(found[0]!.ref.id).toBe(wanted[0]!.id);
    },
  );

  test("gives a text and itself 1, and strangers 0", async () => {
    const index = await TrigramIndex.build(batches());
    const vector = index.vector("Infarctus du myocarde");
    expect(index.cosine(vector, vector)).toBeCloseTo(1, 6);
    expect(index.cosine(vector, index.vector("zzz qqq"))).toBe(0);
    expect(index.nearest("ÿÿÿÿ", 3)).toEqual([]);
  });

  test("finds those alone whose tag is allowed", async () => {
    const index = await TrigramIndex.build(batches());
    const allowed = index.allowing((tag) => tag === "M");
    const found = index.nearest("Infarctus du myocarde", 5, { allowed });
    expect(found).toHaveLength(5);
    for (const { ref } of found) expect(ref.id[0]).toBe("M");
  });

  test("looks at letters alone: case, accents and signs make no difference", () => {
    expect([...characterTrigrams("Œdème (aigu)")]).toEqual([...characterTrigrams("oedeme aigu")]);
    expect(characterTrigrams("aaaa")).toHaveLength(3);
  });
});
