import type { VectorStore } from "../vector-store/vector-store.ts";
import { storeOptions } from "./store-options.ts";

// People use the same words again and again, and type one letter after the other.
const REMEMBERED = 20_000;

/**
 * Which words (normalized) stand in no string of a release: unfinished ones, or misspelt. A word that the release knows
 * is what somebody meant: with letters changed it would be another thing ("hypertonia", "hypotonia"). What a collection
 * has once shown is remembered: collections of active releases do not change.
 */
export class UnknownWords {
  readonly #store: Pick<VectorStore, "findByWords">;
  readonly #known = new Map<string, boolean>();

  constructor(store: Pick<VectorStore, "findByWords">) {
    this.#store = store;
  }

  async among(
    stringsCollection: string,
    words: Iterable<string>,
    timeoutMs: number | undefined,
  ): Promise<Set<string>> {
    const distinct = [...new Set(words)];
    const known = await Promise.all(
      distinct.map((word) => this.#isKnown(stringsCollection, word, timeoutMs)),
    );
    return new Set(distinct.filter((_, i) => !known[i]));
  }

  async #isKnown(collection: string, word: string, timeoutMs: number | undefined): Promise<boolean> {
    const key = `${collection} ${word}`;
    const options = { any: true, ...storeOptions({ timeoutMs }) };
    const known =
      this.#known.get(key) ??
      (await this.#store.findByWords(collection, "norm", [word], 1, options)).length > 0;
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
    return known;
  }
}
