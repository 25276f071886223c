import { BooleanQuery, type FullTextQuery, MatchQuery, Occur } from "@lancedb/lancedb";

// What Lance may take for a misspelt word; of a frequent one there are some dozens of variants in a large release.
const MAX_VARIANTS = 50;

/** The full-text query for documents that hold all the words, each with up to so many typos. */
export function allWords(field: string, words: readonly string[], typos: number): FullTextQuery {
  return new BooleanQuery(words.map((word) => [Occur.Must, oneWord(field, word, typos)]));
}

function oneWord(field: string, word: string, typos: number): MatchQuery {
  const fuzziness = Math.min(typos, allowedTypos(word));
  return new MatchQuery(
    word,
    field,
    fuzziness === 0 ? {} : { fuzziness, prefixLength: firstLetter(word), maxExpansions: MAX_VARIANTS },
  );
}

/** Lance counts the letters that must stay in bytes, and fails on a letter that it cuts through. */
function firstLetter(word: string): number {
  return Buffer.byteLength(Array.from(word)[0]!);
}

/** Short words and those with a digit are codes and measures as often as words: they may hold no typo. */
function allowedTypos(word: string): number {
  if (/\p{N}/u.test(word)) return 0;
  const { length } = Array.from(word);
  return length < 4 ? 0 : length < 8 ? 1 : 2;
}
