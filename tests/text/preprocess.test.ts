import { describe, expect, test } from "vitest";
import { expandAbbreviations, explainedAbbreviations } from "../../src/text/abbreviations.ts";
import { PREPROCESSING_STEPS, type PreprocessingStep, preprocess } from "../../src/text/preprocess.ts";

const NONE = new Map<string, string>();
const run = (text: string, lang: string, ...steps: PreprocessingStep[]): string =>
  preprocess(text, lang, { steps, abbreviations: NONE });

describe("preprocessing", () => {
  test("does each step by itself", () => {
    expect(run("L'Œdème  AIGU (poumon)", "fr", "lower")).toBe("l'œdème  aigu (poumon)");
    expect(run("l'œdème, aigu/poumon", "fr", "symbols")).toBe("l œdème  aigu poumon");
    expect(run(" a \t b ", "fr", "spaces")).toBe("a b");
    expect(run("maladie de la vésicule", "fr", "stopwords")).toBe("maladie vésicule");
    expect(run("maladies rénales", "fr", "lemmas")).toBe(run("maladie rénale", "fr", "lemmas"));
  });

  test("does all of the paper's in order", () => {
    expect(run("Inflammations of the Kidneys!", "en", ...PREPROCESSING_STEPS)).toBe("inflamm kidnei");
  });

  test("keeps negations, abbreviations and numbers, and what would be left empty", () => {
    expect(run("douleur sans fièvre", "fr", "stopwords")).toBe("douleur sans fièvre");
    expect(run("pain without fever", "en", "stopwords")).toBe("pain without fever");
    expect(run("COPDs b12s", "en", "lemmas")).toBe("COPDs b12s");
    expect(run("the", "en", "stopwords")).toBe("the");
    expect(run("+", "en", "symbols")).toBe("+");
  });

  test("leaves words alone where the language is not known", () => {
    expect(run("maladies de la vésicule", "", "stopwords", "lemmas")).toBe("maladies de la vésicule");
  });
});

describe("abbreviations", () => {
  test("are found where a text explains them, either way round", () => {
    expect(
      explainedAbbreviations([
        "un accident vasculaire cérébral (AVC) est grave",
        "BPCO (bronchopneumopathie chronique obstructive)",
        "la peau (rouge)",
        "une dose (2 mg)",
      ]),
    ).toEqual(
      new Map([
        ["AVC", "accident vasculaire cérébral"],
        ["BPCO", "bronchopneumopathie chronique obstructive"],
      ]),
    );
  });

  test("that stand for two things are left out", () => {
    expect(explainedAbbreviations(["infarctus du myocarde (IM)", "injection musculaire (IM)"]).size).toBe(0);
  });

  test("are spelled out as words alone", () => {
    const known = new Map([["AVC", "accident vasculaire cérébral"]]);
    expect(expandAbbreviations("suites d'un AVC, AVCs", known)).toBe(
      "suites d'un accident vasculaire cérébral, AVCs",
    );
  });
});
