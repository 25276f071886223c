import { characterTrigrams, TRIGRAM_SLOTS } from "../../text/character-trigrams.ts";
import type { RecordRef } from "../../vector-store/vector-store.ts";

/** A string that shares trigrams with a text. */
export interface TrigramHit {
  ref: RecordRef;
  /** Cosine of the two TF-IDF vectors, 0 to 1. */
  cosine: number;
}

export interface IndexedString {
  ref: RecordRef;
  text: string;
  tag: string;
}

/** 1 for each tag that is allowed. */
export type AllowedTags = Uint8Array;

/** The trigrams of a text with the length of its vector. */
export interface TrigramVector {
  trigrams: Uint32Array;
  norm: number;
}

// Postings that a query may touch, rare trigrams first: what only the commonest trigrams share is not near.
const MAX_POSTINGS = 100_000;
/** Strings that are compared exactly, for each that is wanted. */
const OVERSAMPLING = 8;

/**
 * TF-IDF vectors of the character trigrams of strings (a trigram counts once in a string), and an inverted index over
 * them. A million strings of a release take some 230 MB.
 */
export class TrigramIndex {
  readonly #refs: RecordRef[];
  /** Number of each string's tag, and the tags. */
  readonly #tagOf: Uint32Array;
  readonly #tags: readonly string[];
  /** Trigrams of string i: `#trigrams[#starts[i]]` up to `#starts[i + 1]`. */
  readonly #starts: Uint32Array;
  readonly #trigrams: Uint32Array;
  readonly #norms: Float32Array;
  readonly #squares: Float32Array;
  readonly #postingStarts: Uint32Array;
  readonly #postings: Uint32Array;
  readonly #sums: Float32Array;

  private constructor(
    refs: RecordRef[],
    tagOf: Uint32Array,
    tags: readonly string[],
    starts: Uint32Array,
    trigrams: Uint32Array,
  ) {
    this.#refs = refs;
    this.#tagOf = tagOf;
    this.#tags = tags;
    this.#starts = starts;
    this.#trigrams = trigrams;
    const frequencies = new Uint32Array(TRIGRAM_SLOTS + 1);
    for (const trigram of trigrams) frequencies[trigram + 1]!++;
    // Smoothed as in scikit-learn: as if one more string held every trigram once.
    this.#squares = Float32Array.from(
      { length: TRIGRAM_SLOTS },
      (_, trigram) => (Math.log((1 + refs.length) / (1 + frequencies[trigram + 1]!)) + 1) ** 2,
    );
    this.#postingStarts = frequencies;
    for (let i = 0; i < TRIGRAM_SLOTS; i++) frequencies[i + 1]! += frequencies[i]!;
    this.#postings = new Uint32Array(trigrams.length);
    this.#norms = new Float32Array(refs.length);
    const next = frequencies.slice();
    for (let i = 0; i < refs.length; i++) {
      let sum = 0;
      for (let t = starts[i]!; t < starts[i + 1]!; t++) {
        const trigram = trigrams[t]!;
        sum += this.#squares[trigram]!;
        this.#postings[next[trigram]!++] = i;
      }
      this.#norms[i] = Math.sqrt(sum);
    }
    this.#sums = new Float32Array(refs.length);
  }

  /** Reads the strings to be found, each with a tag by which it may be left out of a search; `signal` stops it. */
  static async build(
    batches: AsyncIterable<readonly IndexedString[]>,
    signal?: AbortSignal,
  ): Promise<TrigramIndex> {
    const refs: RecordRef[] = [];
    const tagOf: number[] = [];
    const tags = new Map<string, number>();
    const starts = [0];
    let trigrams = new Uint32Array(1 << 16);
    let length = 0;
    for await (const batch of batches) {
      signal?.throwIfAborted();
      for (const { ref, text, tag } of batch) {
        const own = characterTrigrams(text);
        if (length + own.length > trigrams.length) {
          const larger = new Uint32Array(2 * (length + own.length));
          larger.set(trigrams.subarray(0, length));
          trigrams = larger;
        }
        trigrams.set(own, length);
        length += own.length;
        refs.push(ref);
        if (!tags.has(tag)) tags.set(tag, tags.size);
        tagOf.push(tags.get(tag)!);
        starts.push(length);
      }
    }
    return new TrigramIndex(
      refs,
      Uint32Array.from(tagOf),
      [...tags.keys()],
      Uint32Array.from(starts),
      trigrams.slice(0, length),
    );
  }

  /** Strings that can be found. */
  get size(): number {
    return this.#refs.length;
  }

  vector(text: string): TrigramVector {
    const trigrams = characterTrigrams(text);
    let sum = 0;
    for (const trigram of trigrams) sum += this.#squares[trigram]!;
    return { trigrams, norm: Math.sqrt(sum) };
  }

  /** Cosine of two texts' vectors. */
  cosine(a: TrigramVector, b: TrigramVector): number {
    let shared = 0;
    for (let i = 0, j = 0; i < a.trigrams.length && j < b.trigrams.length; ) {
      const [left, right] = [a.trigrams[i]!, b.trigrams[j]!];
      if (left === right) shared += this.#squares[left]!;
      if (left <= right) i++;
      if (right <= left) j++;
    }
    return shared === 0 ? 0 : Math.min(1, shared / (a.norm * b.norm));
  }

  /** For `nearest`: which strings may be found, by their tags. */
  allowing(isAllowed: (tag: string) => boolean): AllowedTags {
    return Uint8Array.from(this.#tags, (tag) => Number(isAllowed(tag)));
  }

  /** The nearest strings, nearest first, ties by row number. */
  nearest(
    text: string,
    limit: number,
    { allowed, maxPostings = MAX_POSTINGS }: { allowed?: AllowedTags; maxPostings?: number } = {},
  ): TrigramHit[] {
    const query = this.vector(text);
    const count = (trigram: number): number =>
      this.#postingStarts[trigram + 1]! - this.#postingStarts[trigram]!;
    const rarestFirst = [...query.trigrams]
      .filter((trigram) => count(trigram) > 0)
      .sort((a, b) => count(a) - count(b));
    const touched = new Uint32Array(
      Math.min(
        this.size,
        rarestFirst.reduce((sum, t) => sum + count(t), 0),
      ),
    );
    let [read, reached] = [0, 0];
    for (const trigram of rarestFirst) {
      if (read > 0 && read + count(trigram) > maxPostings) break;
      read += count(trigram);
      const square = this.#squares[trigram]!;
      for (let p = this.#postingStarts[trigram]!; p < this.#postingStarts[trigram + 1]!; p++) {
        const i = this.#postings[p]!;
        if (allowed && allowed[this.#tagOf[i]!] === 0) continue;
        if (this.#sums[i] === 0) touched[reached++] = i;
        this.#sums[i]! += square;
      }
    }
    const near = touched.subarray(0, reached);
    const rough = best(near, (i) => this.#sums[i]! / this.#norms[i]!, limit * OVERSAMPLING);
    for (const i of near) this.#sums[i] = 0;
    const exact = new Map(rough.map((i) => [i, this.cosine(query, this.#vectorOf(i))]));
    return best(rough, (i) => exact.get(i)!, limit).map((i) => ({
      ref: this.#refs[i]!,
      cosine: exact.get(i)!,
    }));
  }

  #vectorOf(i: number): TrigramVector {
    return {
      trigrams: this.#trigrams.subarray(this.#starts[i]!, this.#starts[i + 1]!),
      norm: this.#norms[i]!,
    };
  }
}

/** The `limit` items of the highest values, highest first, equal ones by number. */
function best(
  items: ArrayLike<number> & Iterable<number>,
  value: (item: number) => number,
  limit: number,
): number[] {
  const values = new Map<number, number>();
  let floor = Number.NEGATIVE_INFINITY;
  let kept: number[] = [];
  const order = (a: number, b: number): number => values.get(b)! - values.get(a)! || a - b;
  for (const item of items) {
    const own = value(item);
    if (own < floor) continue;
    values.set(item, own);
    kept.push(item);
    if (kept.length < 4 * limit) continue;
    kept = kept.sort(order).slice(0, limit);
    floor = values.get(kept.at(-1)!)!;
  }
  return kept.sort(order).slice(0, limit);
}
