import { describe, expect, test } from "vitest";
import type { ConceptCandidate } from "../../../src/alignment/concept-candidates.ts";
import { ConceptAncestors } from "../../../src/alignment/matching/concept-ancestors.ts";
import { broaderEntries } from "../../../src/alignment/matching/entry-hierarchy.ts";
import { lexiconContexts } from "../../../src/alignment/matching/lexicon-context.ts";
import { PAIR_FEATURES, pairFeatures } from "../../../src/alignment/matching/pair-features.ts";
import type { VectorStore } from "../../../src/vector-store/vector-store.ts";
import { concept, lexiconEntry } from "../support/hand-made.ts";

/** A hierarchy: child to parents. */
const PARENTS: Record<string, string[]> = { ARF: ["RF"], RF: ["KD"], CHF: ["HD"], X: ["HD"] };

const store = {
  find: async (_: string, __: string, ids: string[]) =>
    ids.map((id) => {
      const relations = (PARENTS[id] ?? []).map((cui) => ({ rel: "PAR", rela: "isa", cui, sab: "S" }));
      return { id, ordinal: 0, body: JSON.stringify({ cui: id, relations }) };
    }),
} as unknown as VectorStore;

function candidate(cui: string, grade: number): ConceptCandidate {
  return { ...concept(cui, cui, [grade, grade]), lifts: [grade / 5, grade / 5] };
}

const contexts = (entries: Parameters<typeof lexiconContexts>[0], sabs?: string[]) =>
  lexiconContexts(entries, new ConceptAncestors(store, "concepts", sabs));

describe("the rest of the lexicon", () => {
  test("speaks for a pair below the pair of a broader entry, and against one elsewhere", async () => {
    const entries = [
      { entry: lexiconEntry("insuffisance rénale", { id: "1" }), candidates: [candidate("RF", 4)] },
      {
        entry: lexiconEntry("insuffisance rénale aiguë", { id: "2" }),
        candidates: [candidate("X", 4), candidate("ARF", 3)],
      },
    ];
    const [broad, narrow] = await contexts(entries);
    expect(narrow!.map(({ agrees, disagrees }) => [agrees, disagrees])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    // The narrower entry's likest concept, X, does not stand below RF.
    expect(broad!.map(({ agrees, disagrees }) => [agrees, disagrees])).toEqual([[0, 1]]);
    const [, other] = await contexts(entries, ["ANOTHER"]);
    expect(other!.map(({ agrees, disagrees }) => [agrees, disagrees])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test("says whether another entry is nearer to the concept; the same term twice is no rival", async () => {
    const [a, b, c] = await contexts([
      { entry: lexiconEntry("toux", { id: "1" }), candidates: [candidate("C", 5)] },
      { entry: lexiconEntry("Toux !", { id: "2" }), candidates: [candidate("C", 5)] },
      { entry: lexiconEntry("rhume", { id: "3" }), candidates: [candidate("C", 2)] },
    ]);
    expect([a, b, c].map((list) => list![0]!.isBestEntry)).toEqual([true, true, false]);
    expect(c![0]!.aboveNextEntry).toBeCloseTo(-0.3, 9);
  });
});

describe("the hierarchy of a lexicon", () => {
  test("is that of a column parents where there is one", () => {
    const extra = (parents: string) => ({ extra: { parents } });
    const entries = [
      lexiconEntry("a", { id: "1", ...extra("") }),
      lexiconEntry("b", { id: "2", ...extra("1 | 9") }),
      lexiconEntry("c", { id: "3", ...extra("1|2") }),
    ];
    expect(broaderEntries(entries)).toEqual([[], [0], [0, 1]]);
  });

  test("is else that of terms that begin or end others, the longest first", () => {
    const terms = [
      "kidney failure",
      "acute kidney failure",
      "failure",
      "insuffisance",
      "insuffisance rénale aiguë",
    ];
    expect(broaderEntries(terms.map((term) => lexiconEntry(term)))).toEqual([[2], [0], [], [], [3]]);
  });
});

describe("the features of a pair", () => {
  const at = (row: Float64Array, name: (typeof PAIR_FEATURES)[number]): number =>
    row[PAIR_FEATURES.indexOf(name)]!;
  const none = { isBestEntry: true, aboveNextEntry: 1, agrees: 0, disagrees: 0 };

  test("look at an entry's candidates against each other", () => {
    const named = {
      ...candidate("A", 3),
      same: { tier: "normalized", by: "words", field: "term", string: "a" } as const,
    };
    const other = { ...candidate("B", 4), semanticTypes: [{ tui: "T061", name: "Procedure" }] };
    const rows = pairFeatures([named, other, candidate("C", 2)], [none, none, none]);
    expect(rows.map((row) => at(row, "term has its string's words"))).toEqual([1, 0, 0]);
    expect(rows.map((row) => at(row, "lift above the next").toFixed(1))).toEqual(["-0.2", "0.2", "-0.4"]);
    // Of what the neighbours weigh, only C, and to C only A, has the type of the other.
    expect(at(rows[1]!, "semantic type of the neighbours")).toBe(0);
    expect(at(rows[0]!, "semantic type of the neighbours")).toBeGreaterThan(0);
    for (const row of rows) for (const value of row) expect(Number.isFinite(value)).toBe(true);
  });

  test("do not depend on how an encoder spreads its cosines", () => {
    const spread = (cosine: number) => {
      const made = candidate("A", 3);
      for (const sighting of made.sightings) sighting.cosine = cosine;
      return made;
    };
    expect(pairFeatures([spread(0.9)], [none])).toEqual(pairFeatures([spread(0.5)], [none]));
  });
});
