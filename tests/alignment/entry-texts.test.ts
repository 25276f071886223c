import { describe, expect, test } from "vitest";
import { textsOf, tooLong } from "../../src/alignment/entry-texts.ts";
import { lexiconEntry } from "./support/hand-made.ts";

const entry = lexiconEntry("crise cardiaque", {
  explanation: "mort d'une partie du muscle du cœur",
  synonyms: ["infarctus", "attaque cardiaque"],
});

describe("what an entry asks", () => {
  test("is term and explanation as one text in plain mode, as in the paper", () => {
    expect(textsOf(entry, "plain")).toEqual([
      { field: "term and explanation", text: "crise cardiaque mort d'une partie du muscle du cœur" },
    ]);
  });

  test("is also the term, each synonym and the explanation alone in strong mode", () => {
    expect(textsOf(entry, "strong")).toEqual([
      { field: "term and explanation", text: "crise cardiaque mort d'une partie du muscle du cœur" },
      { field: "term", text: "crise cardiaque" },
      { field: "synonym", text: "infarctus" },
      { field: "synonym", text: "attaque cardiaque" },
      { field: "explanation", text: "mort d'une partie du muscle du cœur" },
    ]);
  });

  test("is the term where there is no explanation, and no text twice", () => {
    expect(textsOf(lexiconEntry("toux", { synonyms: ["toux", "tousser"] }), "strong")).toEqual([
      { field: "term", text: "toux" },
      { field: "synonym", text: "tousser" },
    ]);
  });

  test("is cut between characters, never through one", () => {
    const [asked] = textsOf(lexiconEntry("a", { explanation: "😀".repeat(5000) }), "plain");
    const { text } = asked!;
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(text.isWellFormed()).toBe(true);
  });

  test("is nothing for a cell that is longer than any term or explanation", () => {
    expect(tooLong(entry)).toBeUndefined();
    expect(tooLong(lexiconEntry("x".repeat(1001)))).toMatch(/term of 1001 characters, at most 1000/);
    expect(tooLong(lexiconEntry("x", { explanation: "y".repeat(100_001) }))).toMatch(/explanation of 100001/);
  });
});
