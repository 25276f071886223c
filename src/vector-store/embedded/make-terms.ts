import { rmSync } from "node:fs";
import { starts } from "./starts.ts";
import { type Postings, TermsFile, TermsWriter } from "./terms-file.ts";

/** So many pairs of term and row are sorted in memory; of more, sorted parts are merged. */
const PAIRS_IN_MEMORY = 4_000_000;

/** Collects which rows hold which terms, and writes a dictionary of them. Rows must come in rising order. */
export class TermsMaker {
  readonly #path: string;
  readonly #terms = new Map<string, number>();
  readonly #most: number;
  #termOf = new Uint32Array(65_536);
  #rowOf = new Uint32Array(65_536);
  #pairs = 0;
  #parts = 0;

  /** `path` is that of the `TermsWriter`. */
  constructor(path: string, pairsInMemory = PAIRS_IN_MEMORY) {
    this.#path = path;
    this.#most = pairsInMemory;
  }

  /** A row may hold a term once. */
  add(term: string, row: number): void {
    const key = binary(term);
    const number = this.#terms.get(key) ?? this.#terms.size;
    if (number === this.#terms.size) this.#terms.set(key, number);
    if (this.#pairs === this.#termOf.length) this.#grow();
    this.#termOf[this.#pairs] = number;
    this.#rowOf[this.#pairs++] = row;
    if (this.#pairs >= this.#most) this.#spill();
  }

  finish(): void {
    if (this.#parts === 0) {
      this.#write(this.#path);
      return;
    }
    if (this.#pairs > 0) this.#spill();
    const paths = Array.from({ length: this.#parts }, (_, i) => this.#part(i));
    const parts = paths.map((path) => new TermsFile(path));
    try {
      using writer = new TermsWriter(this.#path);
      for (const postings of merged(parts.map((part) => part.all()))) writer.add(postings);
      writer.finish();
    } finally {
      for (const part of parts) part[Symbol.dispose]();
      for (const path of paths)
        for (const end of ["terms", "rows"]) rmSync(`${path}.${end}`, { force: true });
    }
  }

  #spill(): void {
    this.#write(this.#part(this.#parts++));
    this.#terms.clear();
    this.#pairs = 0;
  }

  #part(number: number): string {
    return `${this.#path}.part${number}`;
  }

  #write(path: string): void {
    const sizes = new Uint32Array(this.#terms.size);
    for (let i = 0; i < this.#pairs; i++) sizes[this.#termOf[i]!]!++;
    const ends = starts(sizes);
    const rows = new Uint32Array(this.#pairs);
    for (let i = 0; i < this.#pairs; i++) rows[ends[this.#termOf[i]!]!++] = this.#rowOf[i]!;
    using writer = new TermsWriter(path);
    for (const key of [...this.#terms.keys()].sort()) {
      const number = this.#terms.get(key)!;
      const end = ends[number]!;
      writer.add({ term: Buffer.from(key, "latin1"), rows: rows.subarray(end - sizes[number]!, end) });
    }
    writer.finish();
  }

  #grow(): void {
    const [terms, rows] = [this.#termOf, this.#rowOf];
    this.#termOf = new Uint32Array(2 * terms.length);
    this.#rowOf = new Uint32Array(2 * rows.length);
    this.#termOf.set(terms);
    this.#rowOf.set(rows);
  }
}

/** UTF-8 as a string of bytes: such strings have the order of their code points, which JavaScript's own have not. */
function binary(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text).toString("latin1");
}

/** Postings of several sources that follow each other in their rows, joined by term. */
function* merged(sources: readonly Generator<Postings>[]): Generator<Postings> {
  const heads = sources.map((source) => source.next().value as Postings | undefined);
  for (;;) {
    let least: Buffer | undefined;
    for (const head of heads) if (head && (!least || Buffer.compare(head.term, least) < 0)) least = head.term;
    if (!least) return;
    const rows: number[][] = [];
    for (const [i, head] of heads.entries()) {
      if (!head || Buffer.compare(head.term, least) !== 0) continue;
      rows.push(Array.from(head.rows));
      heads[i] = sources[i]!.next().value as Postings | undefined;
    }
    yield { term: least, rows: Uint32Array.from(rows.flat()) };
  }
}
