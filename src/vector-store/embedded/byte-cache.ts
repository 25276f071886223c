/** Counted beside its bytes for each array: what the key and the map take. */
const ENTRY_BYTES = 100;

/** Arrays by key, those used last, up to so many bytes. */
export class ByteCache<K extends string | number, T extends { byteLength: number }> {
  readonly #most: number;
  readonly #kept = new Map<K, T>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  get(key: K, make: () => T): T {
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const made = make();
    const size = sizeOf(made);
    if (size > this.#most) return made;
    this.#kept.set(key, made);
    this.#bytes += size;
    for (const [oldest, value] of this.#kept) {
      if (this.#bytes <= this.#most) break;
      this.#kept.delete(oldest);
      this.#bytes -= sizeOf(value);
    }
    return made;
  }

  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }
}

function sizeOf({ byteLength }: { byteLength: number }): number {
  return byteLength + ENTRY_BYTES;
}
