import { normalizeText } from "../../text/normalize.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { type LookupOptions, storeOptions } from "../request/store-options.ts";
import { type StoredString, storedString } from "./stored-string.ts";

// Who has typed more than this does not wait for completions.
const MAX_TYPED = 100;
// One or two letters begin tens of thousands of strings, which the store sorts anew each time; there are few such texts.
const SHORT = 2;
const REMEMBERED = 200;

/**
 * Strings that begin as a text does, but for case, accents and punctuation, and go on; the best known first. The order
 * depends on the strings alone, so while somebody types none that stays changes its place. What one or two letters begin
 * is remembered: collections of active releases do not change.
 */
export class PrefixMatches {
  readonly #store: Pick<VectorStore, "findByPrefix">;
  readonly #short = new Map<string, StoredString[]>();

  constructor(store: Pick<VectorStore, "findByPrefix">) {
    this.#store = store;
  }

  async of(stringsCollection: string, text: string, options: LookupOptions): Promise<StoredString[]> {
    const typed = normalizeText(text);
    if (typed === "" || typed.length > MAX_TYPED) return [];
    if (typed.length > SHORT || options.filter) return this.#read(stringsCollection, typed, options);
    const key = `${stringsCollection} ${options.limit} ${typed}`;
    const found = this.#short.get(key) ?? (await this.#read(stringsCollection, typed, options));
    this.#short.delete(key);
    this.#short.set(key, found);
    if (this.#short.size > REMEMBERED) this.#short.delete(this.#short.keys().next().value!);
    return found;
  }

  async #read(
    collection: string,
    typed: string,
    { limit, filter, timeoutMs }: LookupOptions,
  ): Promise<StoredString[]> {
    const options = { by: "prominence", ...storeOptions({ filter, timeoutMs }) };
    const found = await this.#store.findByPrefix(collection, "norm", typed, limit, options);
    return found.map(storedString);
  }
}
