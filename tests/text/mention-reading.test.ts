import { describe, expect, test } from "vitest";
import { explainedAbbreviations } from "../../src/text/abbreviations.ts";
import { readMention } from "../../src/text/mention-reading.ts";

describe("a query in its context", () => {
  test.each([
    ["AVC", "Un accident vasculaire cérébral (AVC) survient.", "accident vasculaire cérébral"],
    ["AVC", "L'AVC (accident vasculaire cérébral) survient.", "accident vasculaire cérébral"],
    ["AVCs", "Un accident vasculaire cérébral (AVC) survient.", "accident vasculaire cérébral"],
    ["DM", "Myotonic dystrophy (DM) is inherited.", "Myotonic dystrophy"],
    ["DM1 patients", "Myotonic dystrophy (DM) is inherited.", "DM1 patients"],
    ["PET", "une tomographie par émission de positrons (PET)", "tomographie par émission de positrons"],
    [
      "HNPCC",
      "hereditary nonpolyposis colorectal cancer (HNPCC; Lynch)",
      "hereditary nonpolyposis colorectal cancer",
    ],
    ["ECG", "un électrocardiogramme (ECG) normal", "électrocardiogramme"],
    ["SIDA", "le syndrome d'immunodéficience acquise (SIDA)", "syndrome d'immunodéficience acquise"],
    ["VHL disease", "von Hippel-Lindau (VHL) is rare", "von Hippel-Lindau disease"],
    ["insuffisance cardiaque (IC)", "une insuffisance cardiaque (IC)", "insuffisance cardiaque"],
  ])("%s in %s is %s", (query, context, text) => {
    expect(readMention(query, context).text).toBe(text);
  });

  test("says which abbreviations it spelled out", () => {
    const { abbreviations } = readMention(
      "IM avec AVC",
      "infarctus du myocarde (IM), accident vasculaire cérébral (AVC)",
    );
    expect(abbreviations).toEqual([
      { short: "IM", long: "infarctus du myocarde" },
      { short: "AVC", long: "accident vasculaire cérébral" },
    ]);
  });

  test("stays as it is where the context explains nothing, or two things", () => {
    expect(readMention("DM", "DM is inherited (see below)")).toEqual({ text: "DM", abbreviations: [] });
    const two = "infarctus du myocarde (IM), injection musculaire (IM)";
    expect(readMention("IM", two).text).toBe("IM");
  });
});

test("initials in another order are taken where they are those of just these words", () => {
  expect(explainedAbbreviations(["large tumours of the skin (DM)"]).size).toBe(0);
  expect(explainedAbbreviations(["dystrophies, and myotonic dystrophy (DM)"]).get("DM")).toBe(
    "myotonic dystrophy",
  );
});

test.each([
  ["spaces", " "],
  ["brackets", "("],
  ["letters", "A"],
  ["words", "a b c "],
])("a long context of %s is read in no time", (_, piece) => {
  const started = performance.now();
  readMention("AB", piece.repeat(20_000).slice(0, 20_000));
  expect(performance.now() - started).toBeLessThan(1000);
});
