import type { ConceptRecord } from "../../terminology/concept.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import type { StoredString } from "../match/stored-string.ts";

// Hierarchies are some fifteen levels deep; a damaged one must end as well.
const MAX_LEVELS = 40;
const PER_LOOKUP = 500;

/**
 * Which concepts stand below some others. The store's filter tells it of strings; of a string that names several concepts it
 * can't tell which of them it is, so their ways up are walked here.
 */
export class ConceptsBelow {
  readonly #store: Pick<VectorStore, "find">;
  readonly #collection: string;
  readonly #tops: ReadonlySet<string>;
  readonly #known = new Map<string, boolean>();

  constructor(store: Pick<VectorStore, "find">, conceptsCollection: string, tops: readonly string[]) {
    this.#store = store;
    this.#collection = conceptsCollection;
    this.#tops = new Set(tops);
  }

  has(cui: string): boolean {
    return this.#known.get(cui) ?? false;
  }

  /** Learns of strings that have passed the store's filter: one that names a single concept needs no look. */
  async learnFiltered(strings: Iterable<Pick<StoredString, "record">>): Promise<void> {
    const unclear = new Set<string>();
    for (const { record } of strings) {
      if (record.concepts.length === 1) this.#known.set(record.concepts[0]!.cui, true);
      else for (const { cui } of record.concepts) unclear.add(cui);
    }
    await this.learn(unclear);
  }

  /** Learns of any concepts by walking up from each. */
  async learn(cuis: Iterable<string>): Promise<void> {
    const asked = [...new Set(cuis)].filter((cui) => !this.#known.has(cui));
    const parents = new Map<string, string[]>();
    let level = asked;
    for (let depth = 0; depth < MAX_LEVELS && level.length > 0; depth++) {
      for (let start = 0; start < level.length; start += PER_LOOKUP) {
        const part = level.slice(start, start + PER_LOOKUP);
        for (const { body } of await this.#store.find(this.#collection, "id", part, part.length)) {
          const { cui, relations } = JSON.parse(body) as ConceptRecord;
          parents.set(
            cui,
            relations.flatMap((relation) => (relation.rel === "PAR" ? [relation.cui] : [])),
          );
        }
      }
      const above = level.flatMap((cui) => (this.#tops.has(cui) ? [] : (parents.get(cui) ?? [])));
      level = [...new Set(above)].filter((cui) => !parents.has(cui) && !this.#tops.has(cui));
    }
    for (const cui of asked) this.#known.set(cui, this.#reaches(cui, parents));
  }

  #reaches(cui: string, parents: ReadonlyMap<string, readonly string[]>): boolean {
    const seen = new Set([cui]);
    for (const next of seen) {
      if (this.#tops.has(next)) return true;
      for (const parent of parents.get(next) ?? []) seen.add(parent);
    }
    return false;
  }
}
