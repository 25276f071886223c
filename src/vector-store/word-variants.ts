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

/** Words of one length and first letter, and for each which letters it has, as bits. */
interface Group {
  words: string[];
  letters: number[];
}

/**
 * The words of a collection, for the misspelt: the server finds words that are spelt right alone. By first letter, which is
 * never mistyped, and length, so that few are looked at; and of those only words with nearly the same letters are compared, which
 * are few again: a sentence has ten words to look for, and one search must not keep the others waiting.
 */
export class WordVariants {
  readonly #known: ReadonlySet<string>;
  readonly #groups = new Map<string, Group>();

  constructor(words: Iterable<string>) {
    this.#known = new Set(words);
    for (const word of this.#known) {
      const key = keyOf(word, length(word));
      const group: Group = this.#groups.get(key) ?? { words: [], letters: [] };
      this.#groups.set(key, group);
      group.words.push(word);
      group.letters.push(lettersOf(word));
    }
  }

  has(word: string): boolean {
    return this.#known.has(word);
  }

  /** Words that differ by at most so many letters inserted, left out or replaced; the nearest first, `limit` at most. */
  of(word: string, typos: number, limit: number): string[] {
    const long = length(word);
    const letters = lettersOf(word);
    const found: { word: string; distance: number }[] = [];
    for (let other = long - typos; other <= long + typos; other++) {
      const group = this.#groups.get(keyOf(word, other));
      for (let i = 0; i < (group?.words.length ?? 0); i++) {
        // A letter replaced takes one away and brings one.
        const theirs = group!.letters[i]!;
        if (bits(letters & ~theirs) > typos || bits(theirs & ~letters) > typos) continue;
        const candidate = group!.words[i]!;
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

/** A bit for each letter of a word; letters of other alphabets share bits, which hides a difference and makes none. */
function lettersOf(word: string): number {
  let letters = 0;
  for (let i = 0; i < word.length; i++) letters |= 1 << (word.charCodeAt(i) & 31);
  return letters;
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}

let last = new Uint16Array(128);
let row = new Uint16Array(128);

/** Insertions, deletions and substitutions between two words, or more than `limit` as soon as it is more. */
function levenshtein(a: string, b: string, limit: number): number {
  if (b.length >= last.length) [last, row] = [new Uint16Array(2 * b.length), new Uint16Array(2 * b.length)];
  for (let j = 0; j <= b.length; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let least = i;
    const letter = a.charCodeAt(i - 1);
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (letter === b.charCodeAt(j - 1) ? 0 : 1);
      const cost = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced);
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    [last, row] = [row, last];
  }
  return last[b.length]!;
}
