import { type Abbreviations, expandAbbreviations } from "./abbreviations.ts";
import { stem } from "./stems.ts";
import { stopWords } from "./stop-words.ts";

/** The steps of the paper's preprocessing (§4.1), in the order in which they are done. */
export const PREPROCESSING_STEPS = [
  "abbreviations",
  "lower",
  "symbols",
  "spaces",
  "stopwords",
  "lemmas",
] as const;
export type PreprocessingStep = (typeof PREPROCESSING_STEPS)[number];

export interface Preprocessing {
  steps: readonly PreprocessingStep[];
  abbreviations: Abbreviations;
}

/**
 * A text after the steps that are switched on: abbreviations spelled out; lower case; what is neither letter nor digit a
 * space; runs of spaces one; stopwords of its language (ISO 639-1) left out; words brought to the form that their
 * inflections share (Snowball's stems: lemmas without a dictionary). A text that would be left empty stays as it was before
 * that step.
 */
export function preprocess(text: string, lang: string, { steps, abbreviations }: Preprocessing): string {
  const on = new Set(steps);
  let current = text;
  const step = (name: PreprocessingStep, change: (text: string) => string): void => {
    if (!on.has(name)) return;
    const changed = change(current);
    if (changed.trim() !== "") current = changed;
  };
  const words = (change: (words: string[]) => string[]) => (whole: string) =>
    change(whole.split(/\s+/u).filter(Boolean)).join(" ");
  step("abbreviations", (whole) => expandAbbreviations(whole, abbreviations));
  step("lower", (whole) => whole.toLowerCase());
  step("symbols", (whole) => whole.replace(/[^\p{L}\p{M}\p{N}\s]+/gu, " "));
  step("spaces", (whole) => whole.replace(/\s+/gu, " ").trim());
  const dropped = stopWords(lang);
  step(
    "stopwords",
    words((list) => list.filter((word) => !dropped.has(word.toLowerCase()))),
  );
  step(
    "lemmas",
    words((list) => list.map((word) => (word === word.toLowerCase() ? stem(word, lang) : word))),
  );
  return current;
}
