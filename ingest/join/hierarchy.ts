import { closeSync, createReadStream, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { syncFolder } from "../../src/machine/sync-folder.ts";

const FILE = "parents.jsonl";
const FLUSH_CHARACTERS = 1 << 20;

/** Keeps who is whose parent, and which concepts have atoms, in a file until the strings are written. */
export class ParentsFile implements Disposable {
  readonly #folder: string;
  readonly #file: number;
  #buffer = "";
  #last = "";

  /** A new, empty file in the folder. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#file = openSync(join(folder, FILE), "w");
  }

  /** A row of MRREL: `parent` is a PAR of `cui`. */
  add(cui: string, parent: string): void {
    this.#write([cui, parent]);
  }

  /** A row of MRCONSO that is kept. */
  addAtom(cui: string): void {
    if (cui === this.#last) return; // most sources have a concept's atoms in a row
    this.#last = cui;
    this.#write([cui]);
  }

  /** All is on the disk when it returns: the journal then says so. */
  [Symbol.dispose](): void {
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
    syncFolder(this.#folder);
  }

  #write(row: readonly string[]): void {
    this.#buffer += `${JSON.stringify(row)}\n`;
    if (this.#buffer.length >= FLUSH_CHARACTERS) this.#flush();
  }

  #flush(): void {
    const bytes = Buffer.from(this.#buffer);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    this.#buffer = "";
  }
}

/** A concept with more concepts below it than this is broad. */
export const BROAD = 10_000;

/**
 * Who is above whom, for the whole release: numbers in typed arrays, some 20 bytes a step, because of a large release
 * there are millions.
 *
 * A string is labelled with its concepts and all concepts above them, but for those that are broad: they are found by the labels
 * of what is next below them. A new release changes something near the root every time, and with labels of the root's own
 * children a third of all strings would change with it, each of which a store must write and index again.
 */
export class Hierarchy {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #cuis: readonly string[];
  readonly #parents: Steps;
  readonly #broad = new Map<number, string[]>();

  private constructor(pairs: Pairs, numbers: ReadonlyMap<string, number>, cuis: readonly string[]) {
    this.#numbers = numbers;
    this.#cuis = cuis;
    this.#parents = new Steps(cuis.length, pairs.from, pairs.to);
  }

  /** With more concepts below it than `broadFrom` says a concept is broad; only one that has atoms, and so a record, can be. Infinity: none is, and none is looked for. */
  static async read(folder: string, broadFrom: number): Promise<Hierarchy> {
    const numbers = new Map<string, number>();
    const cuis: string[] = [];
    const numberOf = (cui: string): number => {
      const known = numbers.get(cui);
      if (known !== undefined) return known;
      numbers.set(cui, cuis.length);
      return cuis.push(cui) - 1;
    };
    const pairs: Pairs = { from: [], to: [] };
    const hasAtoms: boolean[] = [];
    const input = createReadStream(join(folder, FILE), { encoding: "utf8", highWaterMark: 1 << 20 });
    for await (const line of createInterface({ input })) {
      const [cui, parent] = JSON.parse(line) as [string, string?];
      if (parent === undefined) hasAtoms[numberOf(cui)] = true;
      else {
        pairs.from.push(numberOf(cui));
        pairs.to.push(numberOf(parent));
      }
    }
    const hierarchy = new Hierarchy(pairs, numbers, cuis);
    if (Number.isFinite(broadFrom)) hierarchy.#findBroad(pairs, hasAtoms, broadFrom);
    return hierarchy;
  }

  /** The labels that find everything below a broad concept and it itself; undefined for one that its own label finds. */
  termsOf(cui: string): readonly string[] | undefined {
    return this.#broad.get(this.#numbers.get(cui) ?? -1);
  }

  /** The concept itself and, by any path, all above it that are not broad, each once. Sources' circles are walked once. */
  labels(cui: string): string[] {
    const start = this.#numbers.get(cui);
    if (start === undefined) return [cui];
    const above = this.#parents.reach(start).filter((n) => n === start || !this.#broad.has(n));
    return above.map((n) => this.#cuis[n]!);
  }

  #findBroad(pairs: Pairs, hasAtoms: readonly boolean[], broadFrom: number): void {
    const count = this.#cuis.length;
    const below = new Int32Array(count);
    for (let n = 0; n < count; n++) for (const above of this.#parents.reach(n)) below[above]!++;
    const broad = new Set([...below.keys()].filter((n) => below[n]! > broadFrom && hasAtoms[n]));
    const children = new Steps(count, pairs.to, pairs.from);
    for (const n of broad) {
      const terms = children.reach(n, broad).map((term) => this.#cuis[term]!);
      this.#broad.set(n, terms.sort());
    }
  }
}

interface Pairs {
  from: number[];
  to: number[];
}

/** From each number to others. */
class Steps {
  /** The steps of n lie from `#starts[n]` to `#starts[n + 1]`. */
  readonly #starts: Int32Array;
  readonly #to: Int32Array;

  constructor(count: number, from: readonly number[], to: readonly number[]) {
    this.#starts = new Int32Array(count + 1);
    for (const n of from) this.#starts[n + 1]!++;
    for (let n = 0; n < count; n++) this.#starts[n + 1]! += this.#starts[n]!;
    const next = this.#starts.slice();
    this.#to = new Int32Array(from.length);
    for (const [i, n] of from.entries()) this.#to[next[n]!++] = to[i]!;
  }

  /**
   * The number itself and all that is reached from it, each once, nearest first. Where `through` is given, the way goes on
   * from its members and from the start alone.
   */
  reach(start: number, through?: ReadonlySet<number>): number[] {
    const seen = new Set([start]);
    for (const n of seen) {
      if (through && n !== start && !through.has(n)) continue;
      for (let i = this.#starts[n]!; i < this.#starts[n + 1]!; i++) seen.add(this.#to[i]!);
    }
    return [...seen];
  }
}
