import { singular } from "../singular.ts";
import { type Difference, differences } from "./differences.ts";
import { type MeaningToken, readMeaning } from "./read-meaning.ts";
import { spellingKey } from "./spelling.ts";

/** Languages whose plurals `singular` knows; a text of another is compared as it is. */
const UNKNOWN = ["ENG"] as const;

/**
 * Whether a text is a name but for its writing: case, accents, spacing, order of words, plurals, British or American spelling,
 * function words of the language of the name, and the writing of numbers and signs. Never where a sign, comparison, number, unit,
 * negation, single letter, Roman numeral or side differs.
 *
 * `lats` are the languages (LAT) in which the name stands; `asked` is that of the text, where it is known.
 */
export function isSameName(
  text: string,
  name: string,
  lats: readonly string[] = [],
  asked?: string,
): boolean {
  if (text === name || isSplitOtherwise(text, name)) return true;
  return distinct(lats.length > 0 ? lats : UNKNOWN).some(
    (lat) => hasSameWords(text, name, lat) && nameDifferences(text, name, lat, asked).length === 0,
  );
}

/** In what a text and a name differ that are held for one name. */
function nameDifferences(text: string, name: string, lat?: string, asked?: string): Difference[] {
  return differences(text, name, { latA: asked ?? lat, latB: lat, named: true });
}

/** `n/v/d`, `nvd`; `follow-up`, `followup`: the same letters, where nothing but letters is said. */
function isSplitOtherwise(text: string, name: string): boolean {
  return (
    squeezed(text) === squeezed(name) &&
    ![text, name].some((one) => /[\p{N}+<>≤≥±−]|-(?![\p{L}])/u.test(one)) &&
    !/\s\p{L}(?:\s|$)/u.test(` ${text} ${name} `.replaceAll("/", ""))
  );
}

function hasSameWords(text: string, name: string, lat: string): boolean {
  const [a, b] = [wordsOf(text, lat), wordsOf(name, lat)];
  if (a === b) return true;
  // Joined or split: `follow-up`, `followup`; `B 12`, `B12`.
  return a.replaceAll(" ", "") === b.replaceAll(" ", "") || squeezed(text) === squeezed(name);
}

function wordsOf(text: string, lat: string): string {
  const { tokens } = readMeaning(text, lat);
  const words = tokens.filter(({ kind }) => kind === "word" || kind === "opposite");
  const keys = new Set(words.map((token) => spellingKey(inSingular(folded(token), lat))));
  return [...keys].sort().join(" ");
}

/** Italian plurals change the last vowel: `malattie`, `malattia`. */
function inSingular(word: string, lat: string): string {
  return lat === "ITA" && word.length > 4 ? word.replace(/[aeio]{1,2}$/, "") : singular(word, lat);
}

function folded({ kind, key, text }: MeaningToken): string {
  return kind === "word" ? key : text.toLowerCase();
}

function squeezed(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
