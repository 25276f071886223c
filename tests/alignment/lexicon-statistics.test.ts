import { describe, expect, test } from "vitest";
import { distributionOf, lexiconStatistics } from "../../src/alignment/lexicon-statistics.ts";
import { lexiconEntry } from "./support/hand-made.ts";

describe("the statistics of a lexicon", () => {
  test("have the quartiles of numpy", () => {
    // numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6], [25, 50, 75]) and the mean
    expect(distributionOf([3, 1, 4, 1, 5, 9, 2, 6])).toEqual({
      count: 8,
      min: 1,
      q1: 1.75,
      median: 3.5,
      q3: 5.25,
      max: 9,
      mean: 3.88,
    });
  });

  test("count missing values, languages and the lexicon's own columns", () => {
    const statistics = lexiconStatistics([
      lexiconEntry("toux", { explanation: "on tousse", lang: "fr", extra: { Sources: "A", Note: "" } }),
      lexiconEntry("fièvre", { lang: "fr", synonyms: ["température"], extra: { Sources: "A", Note: "" } }),
      lexiconEntry("cough", { extra: { Sources: " ", Note: "x" } }),
    ]);
    expect(statistics.explanation.missing).toBe(2);
    expect(statistics.languages).toEqual({ fr: 2, "": 1 });
    expect(statistics.synonyms).toEqual({ entriesWith: 1, total: 1 });
    expect(statistics.otherColumns).toEqual({
      Sources: { missing: 1, distinct: 1 },
      Note: { missing: 2, distinct: 1 },
    });
  });

  test("find terms and entries that come again but for their writing, and say on which lines", () => {
    const statistics = lexiconStatistics([
      lexiconEntry("Mal de tête", { line: 2, explanation: "a" }),
      lexiconEntry("toux", { line: 3 }),
      lexiconEntry("mal de tete", { line: 4, explanation: "b" }),
      lexiconEntry("MAL DE TÊTE", { line: 7, explanation: "A." }),
    ]);
    expect(statistics.duplicates).toEqual({ terms: 2, entries: 1, most: [{ lines: [2, 4, 7] }] });
  });

  test("find what is much longer than the rest, the longest first", () => {
    const entries = Array.from({ length: 20 }, (_, i) =>
      lexiconEntry(i % 2 ? "un mot" : "un mot long", { id: `${i}`, line: i + 2 }),
    );
    entries.push(lexiconEntry("m ".repeat(9), { id: "nine", line: 22 }));
    entries.push(lexiconEntry("m ".repeat(30), { id: "thirty", line: 23 }));
    const { term } = lexiconStatistics(entries);
    expect(term.upperFence).toBe(4.5);
    expect(term.outlierCount).toBe(2);
    expect(term.outliers.map(({ id, words }) => `${id} ${words}`)).toEqual(["thirty 30", "nine 9"]);
  });

  test("find signs of a wrong encoding and explanations that only repeat the term", () => {
    const statistics = lexiconStatistics([
      lexiconEntry("fiÃ¨vre"),
      lexiconEntry("l\u2019œil", { explanation: "« L'œil »" }),
      lexiconEntry("naïveté des Ãles"),
      lexiconEntry("br\uFFFDlure"),
    ]);
    expect(statistics.suspectCharacters).toBe(2);
    expect(statistics.explainedByThemselves).toBe(1);
  });
});
