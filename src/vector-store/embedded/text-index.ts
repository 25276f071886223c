import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { allowedTypos, isVariant, WordVariants } from "../word-variants.ts";
import { ByteCache } from "./byte-cache.ts";
import { readChecked } from "./checked-file.ts";
import { TermsMaker } from "./make-terms.ts";
import { TermsFile } from "./terms-file.ts";

// Names of chemicals have words of some dozens of letters; what is longer is found by prefix or by its vector.
const MAX_WORD = 100;
// What may be meant by a misspelt word; of a frequent one there are some dozens of variants in a large release.
const MAX_VARIANTS = 50;
/** Rows of frequent words, kept. */
const ROWS_BYTES = 64 * 2 ** 20;
const MAX_LENGTH = 255;

/** Which texts hold which words, and how many words each has. Spaces part words. */
export class TextIndex implements Disposable {
  readonly #path: string;
  readonly #words: TermsFile;
  readonly #rows = new ByteCache<string, Uint32Array>(ROWS_BYTES);
  #lengths: Uint8Array | undefined;
  #variants: WordVariants | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#words = new TermsFile(path);
  }

  static maker(path: string): { add(text: string, row: number): void; finish(): void } {
    const words = new TermsMaker(path);
    let lengths = new Uint8Array(65_536);
    let count = 0;
    return {
      add(text, row) {
        const all = text.split(" ").filter((word) => word !== "");
        for (const word of new Set(all)) if (word.length <= MAX_WORD) words.add(word, row);
        if (row >= lengths.length) lengths = enlarged(lengths, 2 * row);
        lengths[row] = Math.min(MAX_LENGTH, all.length);
        count = row + 1;
      },
      finish() {
        words.finish();
        writeBytes(`${path}.lengths`, lengths.subarray(0, count));
      },
    };
  }

  has(word: string): boolean {
    return this.#words.has(word);
  }

  /** Rows of texts that hold all the words, each with so many typos: those with the fewest typos first, then the shortest. */
  rowsOfAll(words: readonly string[], typos: number, limit: number, filter?: Uint8Array): number[] {
    const lists = [...new Set(words)].map((word) => this.#spellings(word, typos));
    lists.sort((a, b) => size(a) - size(b));
    let found = new Map<number, number>();
    for (const [i, spellings] of lists.entries()) {
      found = i === 0 ? rowsOf(spellings) : both(found, spellings);
      if (found.size === 0) return [];
    }
    this.#lengths ??= readChecked(`${this.#path}.lengths`);
    const lengths = this.#lengths;
    const rows: number[] = [];
    for (const row of found.keys()) if (!filter || (filter[row >> 3]! >> (row & 7)) & 1) rows.push(row);
    // Typos, length and row in one number: a sort of numbers needs no comparison in JavaScript.
    const keys = Float64Array.from(rows, (row) => (found.get(row)! * 256 + lengths[row]!) * 2 ** 32 + row);
    return Array.from(keys.sort().subarray(0, limit), (key) => key % 2 ** 32);
  }

  [Symbol.dispose](): void {
    this.#words[Symbol.dispose]();
  }

  /** The word and what it may be meant for, with their rows. */
  #spellings(word: string, typos: number): Spelling[] {
    const exact = { rows: this.#rowsOf(word), typos: 0 };
    const allowed = allowedTypos(word, typos);
    if (allowed === 0) return [exact];
    this.#variants ??= new WordVariants(this.#variantWords());
    const others: Spelling[] = [];
    for (const near of [1, 2].slice(0, allowed))
      for (const variant of this.#variants.of(word, near, MAX_VARIANTS)) {
        if (variant === word || others.some((other) => other.word === variant)) continue;
        others.push({ word: variant, rows: this.#rowsOf(variant), typos: near });
      }
    return [exact, ...others.slice(0, MAX_VARIANTS)];
  }

  *#variantWords(): Generator<string> {
    for (const word of this.#words.words()) if (isVariant(word)) yield word;
  }

  #rowsOf(word: string): Uint32Array {
    return this.#rows.get(word, () => this.#words.rowsOf(word));
  }
}

interface Spelling {
  word?: string;
  rows: Uint32Array;
  typos: number;
}

function size(spellings: readonly Spelling[]): number {
  return spellings.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** Rows with one of the spellings, and the least typos of each. */
function rowsOf(spellings: readonly Spelling[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { rows, typos } of spellings)
    for (const row of rows) if (typos < (found.get(row) ?? Number.POSITIVE_INFINITY)) found.set(row, typos);
  return found;
}

/** Those rows that hold one of the spellings too; typos add up. */
function both(found: ReadonlyMap<number, number>, spellings: readonly Spelling[]): Map<number, number> {
  const common = new Map<number, number>();
  if (found.size * spellings.length * 16 > size(spellings)) {
    const theirs = rowsOf(spellings);
    for (const [row, typos] of found) {
      const more = theirs.get(row);
      if (more !== undefined) common.set(row, typos + more);
    }
    return common;
  }
  for (const [row, typos] of found) {
    let least = Number.POSITIVE_INFINITY;
    for (const spelling of spellings)
      if (spelling.typos < least && holds(spelling.rows, row)) least = spelling.typos;
    if (least < Number.POSITIVE_INFINITY) common.set(row, typos + least);
  }
  return common;
}

function holds(rows: Uint32Array, row: number): boolean {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return rows[low] === row;
}

function enlarged(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

function writeBytes(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w");
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
