const FIRST_WITH_ONE = 4;
const FIRST_WITH_TWO = 8;

/** Letters by which a word may differ: short ones and those with a digit are codes and measures as often as words. */
export function allowedTypos(word: string, asked: number): number {
  if (/\p{N}/u.test(word)) return 0;
  const { length } = Array.from(word);
  return Math.min(asked, length < FIRST_WITH_ONE ? 0 : length < FIRST_WITH_TWO ? 1 : 2);
}

/** Whether a word can be a variant of a misspelt one, and is worth remembering for it. */
export function isVariant(word: string): boolean {
  return word.length >= FIRST_WITH_ONE - 1 && !/\p{N}/u.test(word);
}

/**
 * The words of a collection, for the misspelt: the server finds words that are spelt right alone. By first letter, which is
 * never mistyped, and length, so that few are compared.
 */
export class WordVariants {
  readonly #words = new Map<string, Set<string>>();

  constructor(words: Iterable<string>) {
    for (const word of words) {
      const key = keyOf(word, length(word));
      const known = this.#words.get(key);
      if (known) known.add(word);
      else this.#words.set(key, new Set([word]));
    }
  }

  has(word: string): boolean {
    return this.#words.get(keyOf(word, length(word)))?.has(word) ?? false;
  }

  /** Words that differ by at most so many letters inserted, left out or replaced; the nearest first, `limit` at most. */
  of(word: string, typos: number, limit: number): string[] {
    const long = length(word);
    const found: { word: string; distance: number }[] = [];
    for (let other = long - typos; other <= long + typos; other++) {
      for (const candidate of this.#words.get(keyOf(word, other)) ?? []) {
        const distance = levenshtein(word, candidate, typos);
        if (distance <= typos) found.push({ word: candidate, distance });
      }
    }
    found.sort((a, b) => a.distance - b.distance || (a.word < b.word ? -1 : 1));
    return found.slice(0, limit).map((variant) => variant.word);
  }
}

function keyOf(word: string, long: number): string {
  return `${long} ${String.fromCodePoint(word.codePointAt(0)!)}`;
}

function length(word: string): number {
  return Array.from(word).length;
}

/** Insertions, deletions and substitutions between two words, or more than `limit` as soon as it is more. */
function levenshtein(a: string, b: string, limit: number): number {
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    last = row;
  }
  return last[b.length]!;
}
