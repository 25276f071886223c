import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalizeText } from "../../src/text/normalize.ts";
import { bucketOf, stringId } from "../../src/text/string-id.ts";

describe("normalizing", () => {
  test.each([
    ["Crise  cardiaque", "crise cardiaque"],
    ["Œdème aigu du poumon", "oedeme aigu du poumon"],
    ["l'artère", "l artere"],
    ["Alzheimer's disease, early-onset", "alzheimer s disease early onset"],
    ["β-thalassémie", "β thalassemie"],
    ["ＮＡＳＨ", "nash"],
    ["Straße", "strasse"],
    ["+", "+"],
  ])("makes %j into %j", (text, expected) => expect(normalizeText(text)).toBe(expected));

  test("changes nothing the second time", () => {
    const once = fc.property(
      fc.string({ unit: "grapheme" }),
      (text) => normalizeText(normalizeText(text)) === normalizeText(text),
    );
    fc.assert(once);
  });
});

describe("a string's id", () => {
  test("is a UUID of version 5 that depends on every character", () => {
    expect(stringId("heart attack")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(stringId("heart attack")).not.toBe(stringId("Heart attack"));
  });

  test("never changes, because stores are full of them", () => {
    expect(stringId("heart attack")).toBe("c4e12903-6ade-512b-9637-2a5b1cc2fc4a");
    expect(bucketOf("heart attack")).toBe(64657);
  });
});
