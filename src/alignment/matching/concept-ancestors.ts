import type { ConceptRecord } from "../../terminology/concept.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";

const IDS_PER_LOOKUP = 500;

/** The concepts above others in a release's hierarchies (MRREL PAR and RB), a few levels up. */
export class ConceptAncestors {
  readonly #store: VectorStore;
  readonly #collection: string;
  readonly #sabs: readonly string[] | undefined;
  readonly #parents = new Map<string, readonly string[]>();

  /** `sabs`: the sources whose relations count; all when absent. */
  constructor(store: VectorStore, conceptsCollection: string, sabs?: readonly string[]) {
    this.#store = store;
    this.#collection = conceptsCollection;
    this.#sabs = sabs?.length ? sabs : undefined;
  }

  /** Reads what is above the concepts, `levels` levels up. */
  async read(cuis: Iterable<string>, levels: number, signal?: AbortSignal): Promise<void> {
    let wanted = new Set(cuis);
    for (let level = 0; level < levels; level++) {
      const unknown = [...wanted].filter((cui) => !this.#parents.has(cui));
      for (let start = 0; start < unknown.length; start += IDS_PER_LOOKUP) {
        signal?.throwIfAborted();
        const ids = unknown.slice(start, start + IDS_PER_LOOKUP);
        for (const cui of ids) this.#parents.set(cui, []);
        for (const { id, body } of await this.#store.find(this.#collection, "id", ids, ids.length))
          this.#parents.set(id, this.#above(JSON.parse(body) as ConceptRecord));
      }
      wanted = new Set([...wanted].flatMap((cui) => this.#parents.get(cui)!));
    }
  }

  /** Of what was read: the concepts up to `levels` levels above. */
  above(cui: string, levels: number): Set<string> {
    const found = new Set<string>();
    let level: readonly string[] = [cui];
    for (let i = 0; i < levels; i++) {
      level = level.flatMap((child) => this.#parents.get(child) ?? []);
      for (const parent of level) found.add(parent);
    }
    return found;
  }

  #above({ relations }: ConceptRecord): string[] {
    const own = relations.filter(
      ({ rel, sab }) => (rel === "PAR" || rel === "RB") && (this.#sabs?.includes(sab) ?? true),
    );
    return [...new Set(own.map(({ cui }) => cui))];
  }
}
