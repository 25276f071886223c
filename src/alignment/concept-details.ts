import type { ConceptRecord } from "../terminology/concept.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";

/** A concept with everything spelled out in names. */
export interface ConceptDetails {
  record: ConceptRecord;
  /** Names of the concepts that `record.relations` points to. */
  related: ReadonlyMap<string, string>;
  /** Distinct paths from a root to the parent, in names; an atom that can't be found stays as its AUI. */
  paths: { sab: string; names: string[] }[];
}

interface KnownConcept {
  name: string;
  parents: string[];
  /** The concept's atoms: AUI to string. */
  atoms: Map<string, string>;
}

// A lookup of the store holds so many ids. What is known is forgotten when it passes the second bound.
const IDS_PER_LOOKUP = 500;
const MAX_KNOWN = 50_000;
// No hierarchy of a terminology is deeper.
const MAX_LEVELS = 40;

/**
 * Reads concepts from the store and spells out what they refer to. A path of MRHIER is a list of AUIs; the concepts
 * that own them are found by climbing from parent to parent.
 */
export class ConceptDetailsReader {
  readonly #store: VectorStore;
  readonly #collection: string;
  readonly #known = new Map<string, KnownConcept>();

  constructor(store: VectorStore, conceptsCollection: string) {
    this.#store = store;
    this.#collection = conceptsCollection;
  }

  /** Details by CUI; a CUI that is not in the release is left out. */
  async read(cuis: readonly string[]): Promise<Map<string, ConceptDetails>> {
    if (this.#known.size > MAX_KNOWN) this.#known.clear();
    const records = await this.#records(cuis);
    await this.#learn(records.flatMap(({ relations }) => relations.map(({ cui }) => cui)));
    await this.#climb(records.filter(({ hierarchies }) => hierarchies.length > 0));
    return new Map(records.map((record) => [record.cui, this.#details(record)]));
  }

  /** Records of concepts, by CUI; a CUI that is not in the release is left out. */
  async records(cuis: readonly string[]): Promise<Map<string, ConceptRecord>> {
    return new Map((await this.#records(cuis)).map((record) => [record.cui, record]));
  }

  /** The atoms of concepts, by CUI. */
  async atoms(cuis: readonly string[]): Promise<Map<string, ConceptRecord["atoms"]>> {
    return new Map((await this.#records(cuis)).map(({ cui, atoms }) => [cui, atoms]));
  }

  async #records(cuis: readonly string[]): Promise<ConceptRecord[]> {
    const distinct = [...new Set(cuis)].sort();
    const records: ConceptRecord[] = [];
    for (let start = 0; start < distinct.length; start += IDS_PER_LOOKUP) {
      const ids = distinct.slice(start, start + IDS_PER_LOOKUP);
      const stored = await this.#store.find(this.#collection, "id", ids, ids.length);
      for (const { body } of stored) records.push(JSON.parse(body) as ConceptRecord);
    }
    return records;
  }

  async #learn(cuis: readonly string[]): Promise<void> {
    const unknown = [...new Set(cuis)].filter((cui) => !this.#known.has(cui));
    for (let start = 0; start < unknown.length; start += IDS_PER_LOOKUP)
      for (const record of await this.#records(unknown.slice(start, start + IDS_PER_LOOKUP)))
        this.#keep(record);
  }

  #keep({ cui, name, relations, atoms }: ConceptRecord): void {
    const parents = relations
      .filter(({ rel }) => rel === "PAR" || rel === "RB")
      .map((relation) => relation.cui);
    this.#known.set(cui, {
      name,
      parents: [...new Set(parents)],
      atoms: new Map(atoms.map(({ aui, str }) => [aui, str])),
    });
  }

  /** Learns the ancestors of the records, level by level. */
  async #climb(records: readonly ConceptRecord[]): Promise<void> {
    for (const record of records) this.#keep(record);
    let level = new Set(records.flatMap(({ cui }) => this.#known.get(cui)!.parents));
    const seen = new Set<string>();
    for (let depth = 0; depth < MAX_LEVELS && level.size > 0; depth++) {
      await this.#learn([...level]);
      const above = new Set<string>();
      for (const cui of level) {
        seen.add(cui);
        for (const parent of this.#known.get(cui)?.parents ?? []) if (!seen.has(parent)) above.add(parent);
      }
      level = above;
    }
  }

  #details(record: ConceptRecord): ConceptDetails {
    const related = new Map<string, string>();
    for (const { cui } of record.relations) {
      const known = this.#known.get(cui);
      if (known) related.set(cui, known.name);
    }
    const ancestors = this.#ancestorAtoms(record.cui);
    const paths = new Map<string, { sab: string; names: string[] }>();
    for (const { sab, path } of record.hierarchies) {
      const names = path.map((aui) => ancestors.get(aui) ?? aui);
      paths.set(JSON.stringify([sab, names]), { sab, names });
    }
    return { record, related, paths: [...paths.values()] };
  }

  #ancestorAtoms(cui: string): Map<string, string> {
    const atoms = new Map<string, string>();
    const seen = new Set([cui]);
    for (const current of seen) {
      const known = this.#known.get(current);
      for (const [aui, str] of known?.atoms ?? []) atoms.set(aui, str);
      for (const parent of known?.parents ?? []) seen.add(parent);
    }
    return atoms;
  }
}
