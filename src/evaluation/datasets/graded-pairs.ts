import type { ConceptRecord, StringRecord } from "../../terminology/concept.ts";
import type { ReleaseRecord } from "../../vector-store/release-record.ts";
import type { SearchHit, StoredRecord, VectorRow, VectorStore } from "../../vector-store/vector-store.ts";
import type { GradedCosine } from "../calibration/isotonic-fit.ts";

/**
 * What two concepts are to each other, on the paper's six-point scale: the same 5, parent and child 3, siblings 2, of
 * the same semantic type 1, else 0.
 */
export function gradeOf(a: ConceptRecord, b: ConceptRecord): number {
  if (a.cui === b.cui) return 5;
  const [above, beside] = [broader(a), broader(b)];
  if (above.has(b.cui) || beside.has(a.cui)) return 3;
  for (const cui of above) if (beside.has(cui)) return 2;
  return a.semanticTypes.some((type) => b.semanticTypes.some((other) => other.tui === type.tui)) ? 1 : 0;
}

function broader({ relations }: ConceptRecord): Set<string> {
  return new Set(relations.filter((r) => r.rel === "PAR" || r.rel === "RB").map((r) => r.cui));
}

export interface GradedPairsOptions {
  store: VectorStore;
  release: ReleaseRecord;
  collection: string;
  /** Strings that are asked for their neighbours. */
  queries: number;
  /** Neighbours of each that are graded. */
  neighbours: number;
  random: () => number;
}

/**
 * Graded pairs that the release itself gives, as a search meets them: strings of the release ask for their nearest
 * neighbours, themselves left out, and each neighbour is graded by its concept. As many random pairs say what unrelated
 * strings look like.
 */
export async function gradedPairs(options: GradedPairsOptions): Promise<GradedCosine[]> {
  const { store, release, collection, neighbours, random } = options;
  const rows = await sampleRows(options);
  const pairs: GradedCosine[] = [];
  const concepts = new ConceptCache(store, release);
  for (const [i, row] of rows.entries()) {
    const [hits] = await store.search(collection, row.vector, { limit: neighbours + 1 });
    const stranger = rows[Math.floor(random() * rows.length)]!;
    const near = await concepts.at(hits!);
    const strings = await concepts.strings([row.id, stranger.id]);
    const own = strings.get(row.id) ?? [];
    const others = near.filter(({ id }) => id !== row.id).slice(0, neighbours);
    for (const { cosine, concepts: theirs } of others) pairs.push({ cosine, grade: bestGrade(own, theirs) });
    if (i > 0 && stranger.id !== row.id) {
      const cosine = row.vector.reduce((sum, value, d) => sum + value * stranger.vector[d]!, 0);
      pairs.push({ cosine, grade: bestGrade(own, strings.get(stranger.id) ?? []) });
    }
  }
  return pairs;
}

function bestGrade(a: readonly ConceptRecord[], b: readonly ConceptRecord[]): number {
  let best = 0;
  for (const x of a) for (const y of b) best = Math.max(best, gradeOf(x, y));
  return best;
}

/** Strings from random buckets, whose contents have nothing to do with each other. */
async function sampleRows({
  store,
  release,
  collection,
  queries,
  random,
}: GradedPairsOptions): Promise<VectorRow[]> {
  const perBucket = Math.max(1, release.counts.strings / 65_536);
  const rows: VectorRow[] = [];
  const width = Math.ceil(8 / perBucket);
  while (rows.length < Math.min(queries, release.counts.strings / 2)) {
    const from = Math.floor(random() * (65_536 - width));
    for await (const batch of store.scan(collection, "bucket", from, from + width)) rows.push(...batch);
  }
  return rows.slice(0, queries);
}

/** Concepts of strings, each read once. */
class ConceptCache {
  readonly #store: VectorStore;
  readonly #release: ReleaseRecord;
  readonly #concepts = new Map<string, ConceptRecord>();

  constructor(store: VectorStore, release: ReleaseRecord) {
    this.#store = store;
    this.#release = release;
  }

  async strings(ids: readonly string[]): Promise<Map<string, ConceptRecord[]>> {
    const found = await this.#store.find(this.#release.strings, "id", ids, ids.length);
    return new Map((await this.#named(found)).map(({ id, concepts }) => [id, concepts]));
  }

  /** What neighbours are: each with its cosine, in the order given. */
  async at(hits: readonly SearchHit[]): Promise<(NamedConcepts & { cosine: number })[]> {
    const found = await this.#store.fetch(this.#release.strings, hits);
    const cosines = found.flatMap((document, i) => (document ? [hits[i]!.cosine] : []));
    const named = await this.#named(found.filter((document) => document !== undefined));
    return named.map((string, i) => ({ ...string, cosine: cosines[i]! }));
  }

  async #named(strings: readonly StoredRecord[]): Promise<NamedConcepts[]> {
    const cuis = strings.map(({ body }) => (JSON.parse(body) as StringRecord).concepts.map((c) => c.cui));
    const missing = [...new Set(cuis.flat())].filter((cui) => !this.#concepts.has(cui));
    const { concepts } = this.#release;
    for (const { id, body } of await this.#store.find(concepts, "id", missing, missing.length))
      this.#concepts.set(id, JSON.parse(body));
    return strings.map(({ id }, i) => {
      return { id, concepts: cuis[i]!.flatMap((cui) => this.#concepts.get(cui) ?? []) };
    });
  }
}

/** A string with the concepts that it names. */
interface NamedConcepts {
  id: string;
  concepts: ConceptRecord[];
}
