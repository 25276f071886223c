import type { VectorStore } from "../../vector-store/vector-store.ts";
import { storeOptions } from "../request/store-options.ts";

// People use the same words again and again, and type one letter after the other.
const REMEMBERED = 20_000;

/**
 * Which words (normalized) stand in no string of a release: unfinished ones, or misspelt. A word that the release knows
 * is what somebody meant: with letters changed it would be another thing ("hypertonia", "hypotonia"). What a collection
 * has once shown is remembered: collections of active releases do not change.
 */
export class OutOfVocabularyWords {
  readonly #store: Pick<VectorStore, "knownWords">;
  readonly #known = new Map<string, boolean>();

  constructor(store: Pick<VectorStore, "knownWords">) {
    this.#store = store;
  }

  async among(
    stringsCollection: string,
    words: Iterable<string>,
    timeoutMs: number | undefined,
  ): Promise<Set<string>> {
    const remembered = new Map(
      [...new Set(words)].map((word) => [word, this.#known.get(`${stringsCollection} ${word}`)]),
    );
    const asked = [...remembered.keys()].filter((word) => remembered.get(word) === undefined);
    const found =
      asked.length > 0
        ? await this.#store.knownWords(stringsCollection, "norm", asked, storeOptions({ timeoutMs }))
        : new Set<string>();
    const unknown = new Set<string>();
    for (const [word, before] of remembered) {
      const isKnown = before ?? found.has(word);
      this.#remember(`${stringsCollection} ${word}`, isKnown);
      if (!isKnown) unknown.add(word);
    }
    return unknown;
  }

  #remember(key: string, isKnown: boolean): void {
    this.#known.delete(key);
    this.#known.set(key, isKnown);
    if (this.#known.size > REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
  }
}
