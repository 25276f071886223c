/** Numbers in [0, 1) that follow from a seed alone (sfc32, seeded by splitmix32): a search can be repeated. */
export class RandomSource {
  readonly #state: Int32Array;

  constructor(seed: number) {
    let mixed = seed | 0;
    const split = (): number => {
      mixed = (mixed + 0x9e3779b9) | 0;
      let z = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.#state = Int32Array.of(split(), split(), split(), 1);
    for (let i = 0; i < 12; i++) this.next();
  }

  next(): number {
    const s = this.#state;
    const sum = (((s[0]! + s[1]!) | 0) + s[3]!) | 0;
    s[3] = s[3]! + 1;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = (s[2]! + (s[2]! << 3)) | 0;
    s[2] = (((s[2]! << 21) | (s[2]! >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** An index, each with the given weight. */
  weighted(weights: readonly number[]): number {
    let rest = this.next() * weights.reduce((a, b) => a + b, 0);
    for (const [i, weight] of weights.entries()) {
      rest -= weight;
      if (rest < 0) return i;
    }
    return weights.length - 1;
  }
}
