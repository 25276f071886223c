import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Difference, differences } from "../../src/text/meaning/differences.ts";
import { readMeaning } from "../../src/text/meaning/read-meaning.ts";

interface MeaningCase {
  kind: string;
  lat: string;
  /** same, alike: one name; differs: never one; open: nothing in the marks speaks against it. */
  expected: string;
  query: string;
  name: string;
}

const CASES: MeaningCase[] = readFileSync(join(import.meta.dirname, "../fixtures/meaning-cases.tsv"), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [kind, lat, expected, query, name] = line.split("\t") as [string, string, string, string, string];
    return { kind, lat, expected, query, name };
  });

/** Of the query, whose language is not known, and the name; and the other way round. */
function bothWays({ query, name, lat }: MeaningCase, named = false): Difference[][] {
  return [differences(query, name, { latB: lat, named }), differences(name, query, { latA: lat, named })];
}

describe("what two texts differ in", () => {
  test.each(CASES.filter(({ expected }) => expected === "differs"))(
    "$lat $kind: $query is not $name",
    (one) => {
      for (const found of bothWays(one)) expect(found).not.toEqual([]);
      for (const found of bothWays(one, true)) expect(found).not.toEqual([]);
    },
  );

  test.each(CASES.filter(({ expected }) => expected !== "differs"))(
    "$lat $kind: nothing in $query speaks against $name",
    (one) => {
      for (const found of bothWays(one)) expect(found).toEqual([]);
      if (one.expected !== "open") for (const found of bothWays(one, true)) expect(found).toEqual([]);
    },
  );

  test("is said with what either text has", () => {
    expect(differences("fracture of left femur", "fracture of right femur")).toEqual([
      { kind: "side", a: "left", b: "right" },
    ]);
    expect(differences("no chest pain", "Chest pain")).toEqual([{ kind: "negation", a: "no" }]);
    expect(differences("aspirin 75 mg", "Aspirin 300 mg")).toEqual([
      { kind: "number", a: "75 mg", b: "300 mg" },
    ]);
    expect(differences("HER2-", "HER2+")).toEqual([{ kind: "sign", a: "her2-", b: "her2+" }]);
  });

  test("is read by the language: what is a word in one is a letter in another", () => {
    expect(readMeaning("virus y bacterias", "SPA").tokens.map(({ kind }) => kind)).toEqual(["word", "word"]);
    expect(readMeaning("vitamin y", "ENG").tokens.at(-1)!.kind).toBe("letter");
    expect(differences("1.000 mg", "1000 mg", { latA: "GER", latB: "GER" })).toEqual([]);
    expect(differences("1.000 mg", "1000 mg", { latA: "ENG", latB: "ENG" })).not.toEqual([]);
  });
});

const noun = fc.constantFrom(
  "femur fracture",
  "kidney disease",
  "chest pain",
  "fever",
  "pneumonia",
  "knee arthritis",
);
const marks: readonly (readonly [string, readonly string[]])[] = [
  ["side", ["left", "right"]],
  ["number", ["type 1", "type 2", "type III", "stage 4"]],
  ["opposite", ["acute", "chronic"]],
  ["opposite", ["benign", "malignant"]],
  ["negation", ["no", "without"]],
  ["letter", ["A", "B", "C", "E"]],
];

describe("what must never join", () => {
  test("any text, and the same with a mark that it has not", () => {
    const check = fc.property(noun, fc.constantFrom(...marks), fc.nat(), (name, [, values], at) => {
      const mark = values[at % values.length]!;
      const marked = mark.length === 1 ? `${name} ${mark}` : `${mark} ${name}`;
      expect(differences(marked, name)).not.toEqual([]);
      expect(differences(name, marked)).not.toEqual([]);
    });
    fc.assert(check);
  });

  test("two numbers with a unit that are not equal", () => {
    const dose = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom("mg", "g", "ml", "mcg"));
    const check = fc.property(dose, dose, fc.constantFrom("aspirin", "insulin"), ([n, u], [m, v], drug) => {
      const factors: Record<string, number> = { mg: 1e-3, g: 1, mcg: 1e-6, ml: Number.NaN };
      const isEqual = u === v ? n === m : Math.abs(n * factors[u]! - m * factors[v]!) < 1e-12;
      expect(differences(`${drug} ${n} ${u}`, `${drug} ${m}${v}`).length === 0).toBe(isEqual);
    });
    fc.assert(check);
  });

  test("a name that bears a sign, and the same with the other", () => {
    const check = fc.property(fc.constantFrom("CD4", "HER2", "HIV", "IgG", "Rh(D)", "HBsAg"), (name) => {
      expect(differences(`${name}+`, `${name}-`)).not.toEqual([]);
      expect(differences(`${name} positive`, `${name}-`)).not.toEqual([]);
      expect(differences(`${name} (+)`, `${name} positive`)).toEqual([]);
    });
    fc.assert(check);
  });
});

describe("what must join", () => {
  const word = fc.constantFrom(
    "oedema",
    "tumour",
    "fracture",
    "kidney",
    "disease",
    "left",
    "acute",
    "type 2",
    "β-blocker",
    "leukaemia",
  );
  const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => [...new Set(words)]);
  const same = (a: string, b: string): void => {
    expect(differences(a, b, { named: true })).toEqual([]);
    expect(differences(b, a, { named: true })).toEqual([]);
  };

  test("a text in any order, case and with other accents, hyphens and apostrophes", () => {
    const check = fc.property(text, fc.nat(), (words, turn) => {
      const at = turn % words.length;
      const turned = [...words.slice(at), ...words.slice(0, at)];
      same(words.join(" "), turned.join(" "));
      same(words.join(" "), words.join(" ").toUpperCase());
      same(words.join(" "), words.join("-").replace("type-2", "type 2"));
      same(words.join(" "), words.join(", "));
    });
    fc.assert(check);
  });

  test("British and American, singular and plural, Greek and its name, ligatures", () => {
    const pairs = [
      ["oedema", "edema"],
      ["tumours", "tumor"],
      ["leukaemia", "leukemias"],
      ["haemorrhage", "hemorrhage"],
      ["β-blocker", "beta blocker"],
      ["œdème", "oedème"],
      ["fœtus", "foetus"],
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...pairs), noun, ([a, b], rest) => same(`${a} ${rest}`, `${b} ${rest}`)),
    );
  });

  test("a text with itself, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (any) => same(any, any)),
      { numRuns: 500 },
    );
  });
});
