import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance } from "../../src/text/edit-distance.ts";
import { normalizeText } from "../../src/text/normalize.ts";
import { wordKeys } from "../../src/text/word-keys.ts";

/** Whether a text typed in no known language meets a string of the language. */
const meet = (typed: string, string: string, lat: string): boolean => {
  const keys = wordKeys(string, [lat]);
  return wordKeys(typed).some((key) => keys.includes(key));
};

describe("word keys", () => {
  test.each([
    ["chest pain", "Pain, chest", "ENG"],
    ["Alzheimer disease", "Alzheimer's disease", "ENG"],
    ["diseases of the heart", "Heart disease", "ENG"],
    ["biopsies", "Biopsy", "ENG"],
    ["bone metastasis", "Metastases, bone", "ENG"],
    ["diabetes mellitus type 2", "Type 2 diabetes mellitus", "ENG"],
    ["infarctus myocarde", "Infarctus du myocarde", "FRE"],
    ["maux de tête", "mal de tête", "FRE"],
    ["artères coronaires, maladie des", "Maladie de l'artère coronaire", "FRE"],
    ["calculs rénaux", "Calcul rénal", "FRE"],
    ["infecciones del corazón", "infección de corazón", "SPA"],
    ["lesões do fígado", "Lesão de fígado", "POR"],
    ["Herzens Krankheit des", "Krankheit des Herzens", "GER"],
    ["serca niewydolność", "Niewydolność serca", "POL"],
  ])("make %j the same as %j", (typed, string, lat) => expect(meet(typed, string, lat)).toBe(true));

  test.each([
    ["hepatitis B", "Hepatitis A", "ENG"],
    ["fracture without displacement", "Fracture with displacement", "ENG"],
    ["type 1 diabetes, stage 2 kidney disease", "type 2 diabetes, stage 1 kidney disease", "ENG"],
    ["1,2-dichloro-3-ethane", "1,3-dichloro-2-ethane", "ENG"],
    ["glycogen storage disease type II, grade III", "glycogen storage disease type III, grade II", "ENG"],
    ["AIDS", "aid", "ENG"],
    ["hépatite", "Hépatite A", "FRE"],
    ["mort sans souffrance", "mort avec souffrance", "FRE"],
  ])("keep %j and %j apart", (typed, string, lat) => expect(meet(typed, string, lat)).toBe(false));

  test("meet for a text of function words alone, and for one whose signs alone differ", () => {
    expect(meet("of the", "Of the", "ENG")).toBe(true);
    expect(wordKeys("+", ["ENG"])).toEqual(["+"]);
  });

  test("depend on nothing but the normalized text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(wordKeys(normalizeText(text))).toEqual(wordKeys(text));
      }),
    );
  });

  test("are the same for every order of words, where no two of them are numbers or letters", () => {
    const word = fc.constantFrom("heart", "disease", "acute", "fractures", "type", "2", "left", "of", "the");
    const check = fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), fc.nat(), (words, turn) => {
      fc.pre(words.filter((w) => w === "2").length < 2);
      const at = turn % words.length;
      const turned = [...words.slice(at), ...words.slice(0, at)];
      expect(wordKeys(turned.join(" "), ["ENG"])).toEqual(wordKeys(words.join(" "), ["ENG"]));
    });
    fc.assert(check);
  });

  test("are none for a text of more than twelve words", () => {
    expect(wordKeys(Array.from({ length: 12 }, (_, i) => `word${i}`).join(" ")).length).toBeGreaterThan(0);
    expect(wordKeys(Array.from({ length: 13 }, (_, i) => `word${i}`).join(" "))).toEqual([]);
  });
});

describe("the distance between two words", () => {
  test.each([
    ["diabetes", "diabetes", 0],
    ["diabetis", "diabetes", 1],
    ["diabteis", "diabetis", 1],
    ["hart", "heart", 1],
    ["kitten", "sitting", 3],
    ["", "abc", 3],
    ["ca", "abc", 3],
  ])("%j to %j is %i", (a, b, distance) => expect(editDistance(a, b, 9)).toBe(distance));

  /** Levenshtein with swaps, in the plainest way. */
  function naive(a: string, b: string): number {
    if (a === "" || b === "") return a.length + b.length;
    const [x, y] = [a.slice(1), b.slice(1)];
    let best = Math.min(naive(x, b) + 1, naive(a, y) + 1, naive(x, y) + Number(a[0] !== b[0]));
    if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0])
      best = Math.min(best, naive(a.slice(2), b.slice(2)) + 1);
    return best;
  }

  test("is what the recursion gives, and one more than the limit beyond it", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });
    fc.assert(
      fc.property(word, word, fc.nat(4), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(naive(a, b), limit + 1));
      }),
    );
  });
});
