/**
 * A map from numeric identifiers of at most 18 digits (SNOMED CT's, OMOP's) to small numbers, in 18 bytes an entry where a Map of
 * strings takes a hundred: a release has millions.
 */
export class IdTable {
  #size = 0;
  #mask = 0xffff;
  /** The first and the last nine digits, each plus one so that zero is an empty place. */
  #high = new Uint32Array(this.#mask + 1);
  #low = new Uint32Array(this.#mask + 1);
  #values = new Uint32Array(this.#mask + 1);

  get size(): number {
    return this.#size;
  }

  /** Whether an identifier can be a key. */
  static isId(id: string): boolean {
    return /^\d{1,18}$/.test(id);
  }

  set(id: string, value: number): void {
    if (this.#size * 2 > this.#mask) this.#grow();
    const high = highOf(id);
    const low = lowOf(id);
    const at = this.#find(high, low);
    if (this.#low[at] === 0) this.#size++;
    this.#high[at] = high;
    this.#low[at] = low;
    this.#values[at] = value;
  }

  /** The value of an identifier; undefined where it is not there. */
  get(id: string): number | undefined {
    const at = this.#find(highOf(id), lowOf(id));
    return this.#low[at] === 0 ? undefined : this.#values[at];
  }

  #find(high: number, low: number): number {
    let at = (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b)) >>> 0;
    at = (at ^ (at >>> 15)) & this.#mask;
    while (this.#low[at] !== 0 && (this.#low[at] !== low || this.#high[at] !== high))
      at = (at + 1) & this.#mask;
    return at;
  }

  #grow(): void {
    const [high, low, values] = [this.#high, this.#low, this.#values];
    this.#mask = this.#mask * 2 + 1;
    this.#high = new Uint32Array(this.#mask + 1);
    this.#low = new Uint32Array(this.#mask + 1);
    this.#values = new Uint32Array(this.#mask + 1);
    for (let from = 0; from < low.length; from++) {
      if (low[from] === 0) continue;
      const at = this.#find(high[from]!, low[from]!);
      this.#high[at] = high[from]!;
      this.#low[at] = low[from]!;
      this.#values[at] = values[from]!;
    }
  }
}

function highOf(id: string): number {
  return id.length > 9 ? Number(id.slice(0, -9)) + 1 : 0;
}

function lowOf(id: string): number {
  return Number(id.slice(-9)) + 1;
}
