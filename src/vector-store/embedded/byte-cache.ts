/** Arrays by key, those used last, up to so many bytes. */
export class ByteCache<T extends { byteLength: number }> {
  readonly #most: number;
  readonly #kept = new Map<string, T>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  get(key: string, make: () => T): T {
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const made = make();
    if (made.byteLength > this.#most) return made;
    this.#kept.set(key, made);
    this.#bytes += made.byteLength;
    for (const [oldest, value] of this.#kept) {
      if (this.#bytes <= this.#most) break;
      this.#kept.delete(oldest);
      this.#bytes -= value.byteLength;
    }
    return made;
  }
}
