const ROUNDS = 3;

/**
 * A random rotation that is the same for all vectors of a dimension: signs turned, Hadamard transforms of blocks, places
 * exchanged, three times. It spreads what a vector says evenly over its coordinates, so that their signs alone tell much
 * (RaBitQ, Gao and Long 2024, with Hadamard blocks in the place of a dense matrix).
 */
export class Rotation {
  readonly dimension: number;
  readonly #block: number;
  readonly #signs: Int8Array[] = [];
  readonly #places: Uint32Array[] = [];
  readonly #work: Float32Array;

  constructor(dimension: number) {
    this.dimension = dimension;
    this.#work = new Float32Array(dimension);
    this.#block = dimension & -dimension;
    const random = xorshift(0x9e3779b9 ^ dimension);
    for (let round = 0; round < ROUNDS; round++) {
      this.#signs.push(Int8Array.from({ length: dimension }, () => (random() < 0.5 ? -1 : 1)));
      const places = Uint32Array.from({ length: dimension }, (_, i) => i);
      for (let i = dimension - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [places[i], places[j]] = [places[j]!, places[i]!];
      }
      this.#places.push(places);
    }
  }

  /** Turns the vector at `at` of `from` and writes it to the beginning of `into`. */
  apply(from: Float32Array, at: number, into: Float32Array): void {
    const { dimension } = this;
    const work = this.#work;
    const scale = 1 / Math.sqrt(this.#block);
    for (let round = 0; round < ROUNDS; round++) {
      const signs = this.#signs[round]!;
      const source = round === 0 ? from : into;
      const offset = round === 0 ? at : 0;
      for (let i = 0; i < dimension; i++) work[i] = source[offset + i]! * signs[i]!;
      for (let start = 0; start < dimension; start += this.#block) hadamard(work, start, this.#block);
      const places = this.#places[round]!;
      for (let i = 0; i < dimension; i++) into[i] = work[places[i]!]! * scale;
    }
  }
}

function hadamard(values: Float32Array, start: number, length: number): void {
  for (let half = 1; half < length; half *= 2) {
    for (let i = start; i < start + length; i += 2 * half) {
      for (let j = i; j < i + half; j++) {
        const a = values[j]!;
        const b = values[j + half]!;
        values[j] = a + b;
        values[j + half] = a - b;
      }
    }
  }
}

/** Marsaglia's xorshift32, in [0, 1): a rotation must be the same in every version that reads its codes. */
function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
