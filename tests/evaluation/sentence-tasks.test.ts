import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readParallelSets } from "../../src/evaluation/datasets/parallel-sets.ts";
import { balancedPairs, readSimilarityPairs } from "../../src/evaluation/datasets/similarity-pairs.ts";
import { parallelScores } from "../../src/evaluation/parallel-task.ts";
import { scoreMethods, similarityScores } from "../../src/evaluation/similarity-task.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const deft = (name: string): string => join(FIXTURES, "deft", name);

function file(name: string, text: string | Buffer): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

describe("pairs of DEFT 2020's task 1", () => {
  test("are read as they are distributed", async () => {
    const pairs = await readSimilarityPairs(deft("t1-test.xml"));
    expect(pairs.map(({ id, mark, mean }) => [id, mark, mean])).toEqual([
      ["1", 5, 4.8],
      ["2", 4, 3.4],
      ["413", 5, 2.1],
      ["4", 1, 1.2],
      ["38", 4, 2],
      ["6", 0, 0],
      ["7", 0, 0.2],
    ]);
    expect(pairs[2]!.source).toBe("La tension artérielle est mesurée au repos & assis.");
    expect(pairs[3]!.target).toBe("Le médicament se prend pendant trois jours.");
    expect(pairs[2]!.line).toBe(12);
  });

  test("are the same as a table, with French names of columns and decimal commas", async () => {
    const path = file("t1.tsv", "id\tsource\tcible\tvote\tmoy\n1\tun\tdeux\t5\t4,8\n2\ttrois\tquatre\t0\t\n");
    expect(await readSimilarityPairs(path)).toEqual([
      { id: "1", source: "un", target: "deux", mark: 5, mean: 4.8, line: 2 },
      { id: "2", source: "trois", target: "quatre", mark: 0, line: 3 },
    ]);
  });

  test("are read in the encoding that the file names", async () => {
    const text = `<?xml version="1.0" encoding="ISO-8859-1"?><doc><paire id="1" vote="3"><source>fièvre</source><cible>œ</cible></paire></doc>`;
    const [pair] = await readSimilarityPairs(
      file("latin.xml", Buffer.from(text.replace("œ", "été"), "latin1")),
    );
    expect([pair!.source, pair!.target]).toEqual(["fièvre", "été"]);
  });

  test.each([
    ["cut.xml", "<doc><paire vote='1'><source>a</source>", /line 1/],
    ["none.xml", "<doc/>", /no pair/],
    ["mark.xml", "<doc>\n<paire vote='6'><source>a</source><cible>b</cible></paire></doc>", /line 2.*0 to 5/],
    ["half.xml", "<doc>\n\n<paire vote='6'><source>a</source></paire></doc>", /line 3.*two sentences/],
    ["word.tsv", "source\ttarget\tmark\na\tb\thigh\n", /line 2.*"high" is no number/],
    ["columns.tsv", "source\ttarget\na\tb\n", /no column "mark"/],
    [
      "bomb.xml",
      '<!DOCTYPE d [<!ENTITY a "aa">]><doc><paire vote="1"><source>&a;</source></paire></doc>',
      /line 1/,
    ],
  ])("in %s are met with a line that says what is wrong", async (name, text, message) => {
    await expect(readSimilarityPairs(file(name, text))).rejects.toThrow(message);
  });

  test("are balanced as in the paper's appendix: contradictions out, then as many similar as others", async () => {
    const pairs = await readSimilarityPairs(deft("t1-test.xml"));
    const balanced = balancedPairs(pairs, 1);
    // 413 and 38 are the appendix's own examples of contradiction.
    expect(balanced.map(({ id }) => id)).not.toContain("413");
    expect(balanced.map(({ id }) => id)).not.toContain("38");
    expect(balanced.filter(({ mark }) => mark >= 2.5).map(({ id }) => id)).toEqual(["1", "2"]);
    expect(balanced).toHaveLength(4);
    expect(balancedPairs(pairs, 1)).toEqual(balanced);
  });
});

describe("scores of task 1", () => {
  test("are worked out by hand", () => {
    const scores = similarityScores([5, 3.6, 2.4, 0], [5, 4, 3, 0]);
    // EDRM: 1, 1 − 0.4/3.6, 1 − 0.6/2.6, 1.
    expect(scores.edrm.value).toBeCloseTo((1 + (1 - 0.4 / 3.6) + (1 - 0.6 / 2.6) + 1) / 4, 12);
    expect(scores.spearman.r).toBe(1);
    expect(scores.sixPoints.accuracy).toBe(0.75); // 2.4 is 2
    expect(scores.binary).toMatchObject({ accuracy: 0.75, precision: 1, recall: 2 / 3, support: 3 });
  });

  test("of every method come from training pairs, or from other folds", () => {
    const line = (count: number, shift: number) =>
      Array.from({ length: count }, (_, i) => ({
        cosine: 0.5 + i / (3 * count),
        grade: Math.min(5, Math.max(0, 5 * (i / count) + shift)),
      }));
    const { scores } = scoreMethods(line(60, 0), line(60, 0));
    for (const { method, edrm, spearman } of scores) {
      expect(edrm.value, method).toBeGreaterThan(0.9);
      expect(spearman.r, method).toBeGreaterThan(0.95);
    }
    const off = scoreMethods(line(60, 0), line(60, 2)).scores.find(({ method }) => method === "linear")!;
    expect(off.edrm.value).toBeLessThan(0.8);
    const folds = scoreMethods(line(60, 0)).scores.find(({ method }) => method === "cubic")!;
    expect(folds.edrm.value).toBeGreaterThan(0.97);
  });
});

describe("sets of DEFT 2020's task 2", () => {
  test("are read as they are distributed, and as a table", async () => {
    const sets = await readParallelSets(deft("t2-test.xml"));
    expect(sets.map(({ id, right, candidates }) => [id, right, candidates.length])).toEqual([
      ["1", ["2"], 3],
      ["2", ["3"], 3],
    ]);
    const rows = sets.flatMap(({ id, source, candidates, right }) =>
      candidates.map(({ num, text }) => [id, source, num, text, right[0]].join("\t")),
    );
    const table = file("t2.tsv", `id\tsource\tnum\ttarget\tlabel\n${rows.join("\n")}\n`);
    const plain = ({ line: _, ...rest }: (typeof sets)[number]): unknown => rest;
    expect((await readParallelSets(table)).map(plain)).toEqual(sets.map(plain));
    const ones = file("ones.tsv", "id\tsource\ttarget\tlabel\n1\ts\ta\t0\n1\ts\tb\t1\n");
    expect((await readParallelSets(ones))[0]!.right).toEqual(["2"]);
  });

  test.each([
    [
      "wrong.xml",
      "<doc><ensemble id='9' cible='4'><source>a</source><cible num='1'>b</cible><cible num='2'>c</cible></ensemble></doc>",
      /set 9.*right/,
    ],
    [
      "one.xml",
      "<doc><ensemble id='9' cible='1'><source>a</source><cible num='1'>b</cible></ensemble></doc>",
      /two candidates/,
    ],
    ["label.tsv", "id\tsource\ttarget\tlabel\n1\ts\ta\tyes\n", /line 2.*1 for a right/],
  ])("in %s are met with a line that says what is wrong", async (name, text, message) => {
    await expect(readParallelSets(file(name, text))).rejects.toThrow(message);
  });

  test("have a MAP and an accuracy that are worked out by hand", async () => {
    const sets = await readParallelSets(deft("t2-test.xml"));
    // Right first in the one, third in the other, where ties stand as in the file.
    const scores = parallelScores(sets, [
      [0.1, 0.9, 0.3],
      [0.5, 0.5, 0.5],
    ]);
    expect(scores.map.value).toBeCloseTo((1 + 1 / 3) / 2, 12);
    expect(scores.mrr).toBeCloseTo((1 + 1 / 3) / 2, 12);
    expect(scores.accuracy.value).toBe(0.5);
  });
});
