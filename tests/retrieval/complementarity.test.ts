import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Candidate,
  meanGrade,
  mergeByComplementarity,
} from "../../src/retrieval/rank/complementarity.ts";

const candidate = (id: string, ...grades: number[]): Candidate => ({
  id,
  opinions: grades.map((grade) => ({ cosine: grade / 5, grade, rating: Math.round(grade) })),
});

const ids = (candidates: readonly Candidate[]): string => candidates.map((c) => c.id).join("");

describe("the complementarity merge", () => {
  test("takes all that one encoder rates 5, then what the other rates 5 and is not there yet, then 4, and so down", () => {
    const merged = mergeByComplementarity([
      candidate("a", 5, 1),
      candidate("b", 2, 4.9),
      candidate("c", 4.2, 0),
      candidate("d", 5, 5),
      candidate("e", 1, 4.4),
      candidate("f", 0.2, 0.1),
    ]);
    expect(ids(merged)).toBe("dabcef");
  });

  const candidates = fc
    .array(fc.tuple(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true })), {
      maxLength: 30,
    })
    .map((list) => list.map(([a, b], i) => candidate(`c${String(i).padStart(2, "0")}`, a, b)));

  /** The paper's sentence, word for word, for one choice of which encoder is first. */
  function naive(all: readonly Candidate[], first: 0 | 1): string[] {
    const taken: string[] = [];
    for (const rating of [5, 4, 3, 2, 1, 0]) {
      for (const encoder of [first, 1 - first]) {
        const rated = all.filter((c) => c.opinions[encoder]!.rating === rating && !taken.includes(c.id));
        rated.sort((x, y) => meanGrade(y) - meanGrade(x) || (x.id < y.id ? -1 : 1));
        taken.push(...rated.map((c) => c.id));
      }
    }
    return taken;
  }

  test("is the paper's order with one of the two encoders first", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const merged = mergeByComplementarity(all).map((c) => c.id);
        return [naive(all, 0).join(), naive(all, 1).join()].includes(merged.join());
      }),
    );
  });

  test("puts first, of those with the best rating, the one that both together grade highest", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const [top] = mergeByComplementarity(all);
        const best = Math.max(0, ...all.flatMap((c) => c.opinions.map((o) => o!.rating)));
        const rivals = all.filter((c) => c.opinions.some((o) => o!.rating === best));
        return top === undefined || meanGrade(top) >= Math.max(...rivals.map(meanGrade));
      }),
    );
  });

  test("loses none, doubles none, and does not depend on the order of its input", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const merged = ids(mergeByComplementarity(all));
        return merged.length === all.length * 3 && merged === ids(mergeByComplementarity(all.toReversed()));
      }),
    );
  });

  test("takes what one encoder has no opinion of", () => {
    const half: Candidate = { id: "h", opinions: [undefined, { cosine: 0.9, grade: 4.6, rating: 5 }] };
    expect(ids(mergeByComplementarity([candidate("a", 3, 3), half]))).toBe("ha");
  });
});
