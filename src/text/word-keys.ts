import { functionWords, LANGUAGES_WITH_FUNCTION_WORDS } from "./function-words.ts";
import { normalizeText } from "./normalize.ts";
import { singular } from "./singular.ts";

// Beyond so many words two texts with the same words in another order say different things.
const MAX_WORDS = 12;

/**
 * Keys of a text, one per language it may be in: two texts that share a key are the same but for the order of words, function
 * words and plurals. The order is kept where it says something: of two numbers or letters each belongs to its own word
 * (`type 1 … stage 2`, and most names of chemicals).
 */
export function wordKeys(text: string, lats: readonly string[] = LANGUAGES_WITH_FUNCTION_WORDS): string[] {
  const words = normalizeText(text).split(" ");
  return words.length > MAX_WORDS ? [] : [...new Set(lats.map((lat) => keyOf(words, lat)))];
}

function keyOf(words: readonly string[], lat: string): string {
  const dropped = functionWords(lat);
  const meaning = words.filter((word) => !dropped.has(word));
  const kept = (meaning.length === 0 ? words : meaning).map((word) => singular(word, lat));
  return (kept.filter(isMark).length < 2 ? kept.toSorted() : kept).join(" ");
}

/** Numbers, Roman ones too, and single letters. */
function isMark(word: string): boolean {
  return /\p{N}/u.test(word) || word.length === 1 || /^[ivx]{2,4}$/.test(word);
}
