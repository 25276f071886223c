import { appendFileSync, createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const FILE = "parents.jsonl";

/** Keeps the parents of each concept in a file until the strings are written. */
export class ParentsFile {
  readonly #path: string;

  /** A new, empty file in the folder. */
  constructor(folder: string) {
    this.#path = join(folder, FILE);
    writeFileSync(this.#path, "");
  }

  add(parents: ReadonlyMap<string, ReadonlySet<string>>): void {
    const lines = [...parents].map(([cui, above]) => `${JSON.stringify([cui, ...above])}\n`);
    if (lines.length > 0) appendFileSync(this.#path, lines.join(""));
  }
}

/**
 * Who is above whom, for the whole release: numbers in typed arrays, some 20 bytes a step, because of a large release
 * there are millions.
 */
export class Hierarchy {
  readonly #numbers = new Map<string, number>();
  readonly #cuis: string[] = [];
  /** Parents of concept n lie from `#starts[n]` to `#starts[n + 1]`. */
  #starts = new Int32Array(1);
  #parents = new Int32Array(0);

  private constructor() {}

  static async read(folder: string): Promise<Hierarchy> {
    const hierarchy = new Hierarchy();
    const rows: number[][] = [];
    const input = createReadStream(join(folder, FILE), { encoding: "utf8", highWaterMark: 1 << 20 });
    for await (const line of createInterface({ input })) {
      const [cui, ...parents] = (JSON.parse(line) as string[]).map((name) => hierarchy.#number(name));
      rows[cui!] = parents;
    }
    const count = hierarchy.#cuis.length;
    hierarchy.#starts = new Int32Array(count + 1);
    for (let n = 0; n < count; n++) hierarchy.#starts[n + 1] = hierarchy.#starts[n]! + (rows[n]?.length ?? 0);
    hierarchy.#parents = new Int32Array(hierarchy.#starts[count]!);
    for (const [n, parents] of rows.entries())
      if (parents) hierarchy.#parents.set(parents, hierarchy.#starts[n]);
    return hierarchy;
  }

  /** The concept itself and all above it by any path, each once, nearest first. Sources' circles are walked once. */
  upwards(cui: string): string[] {
    const start = this.#numbers.get(cui);
    if (start === undefined) return [cui];
    const seen = new Set([start]);
    for (const n of seen)
      for (let i = this.#starts[n]!; i < this.#starts[n + 1]!; i++) seen.add(this.#parents[i]!);
    return Array.from(seen, (n) => this.#cuis[n]!);
  }

  #number(cui: string): number {
    let n = this.#numbers.get(cui);
    if (n === undefined) {
      n = this.#cuis.push(cui) - 1;
      this.#numbers.set(cui, n);
    }
    return n;
  }
}
