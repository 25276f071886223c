import { isFunctionWord } from "./function-words.ts";
import { isNegation } from "./meaning/negations.ts";
import { readMeaning } from "./meaning/read-meaning.ts";
import { normalizeText } from "./normalize.ts";

/**
 * Words of a text (normalized) by which strings are looked for: all but function words of any language and what an apostrophe has
 * left of a word. A negation or a single letter that says something is never left out. All words where none carries meaning.
 */
export function searchWords(text: string): string[] {
  const words = normalizeText(text).split(" ").filter(Boolean);
  const letters = new Set(
    readMeaning(text).tokens.flatMap(({ kind, text: own }) =>
      kind === "letter" ? [normalizeText(own)] : [],
    ),
  );
  const kept = words.filter((word) =>
    word.length === 1 ? /\p{N}/u.test(word) || letters.has(word) : !isFunctionWord(word) || isNegation(word),
  );
  return kept.length > 0 ? kept : words;
}
