/** The latest answers by key; the one that was asked for longest ago goes first. Failed ones are not kept. */
export class Recent<T> {
  readonly #entries = new Map<string, Promise<T>>();
  readonly #capacity: number;
  readonly #onLookup: (hit: boolean) => void;

  constructor(capacity: number, onLookup: (hit: boolean) => void) {
    this.#capacity = capacity;
    this.#onLookup = onLookup;
  }

  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    this.#onLookup(known !== undefined);
    const entry = known ?? make();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (!known) {
      entry.catch(() => this.#entries.delete(key));
      if (this.#entries.size > this.#capacity) this.#entries.delete(this.#entries.keys().next().value!);
    }
    return entry;
  }
}
