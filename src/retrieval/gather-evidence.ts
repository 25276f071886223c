import type { StringRecord } from "../terminology/concept.ts";
import type { Filter, RecordRef, SearchHit, VectorStore } from "../vector-store/vector-store.ts";
import type { ExactMatches } from "./exact-matches.ts";
import type { EncoderLeg } from "./searcher.ts";

/** A string that some leg found, with every encoder's exact cosine to the query. */
export interface StringEvidence {
  id: string;
  record: StringRecord;
  /** One per encoder, in the legs' order. */
  cosines: number[];
  /** Whether the encoder's own search found it. */
  candidate: boolean[];
}

export interface GatherOptions {
  k: number;
  filter?: Filter;
  exact: boolean;
}

// Several strings of a concept are near a query; five times as many candidates leave enough concepts for a page. The
// number depends on k in steps alone, so that within a step a short page is the beginning of a longer one.
const STRINGS_PER_RESULT = 5;
const STEPS = [20, 50, 100, 200];

/**
 * Asks every encoder's collection for its nearest strings, and then every encoder for its cosine of what the others
 * found: no string is judged by one encoder alone.
 */
export async function gatherEvidence(
  store: VectorStore,
  stringsCollection: string,
  legs: readonly EncoderLeg[],
  vectors: readonly Float32Array[],
  exact: Promise<ExactMatches>,
  options: GatherOptions,
): Promise<StringEvidence[]> {
  const limit = STRINGS_PER_RESULT * (STEPS.find((step) => options.k <= step) ?? options.k);
  const { filter } = options;
  const searchOptions = { limit, exact: options.exact, ...(filter ? { filter } : {}) };
  const searches = legs.map(({ collection }, leg) => store.search(collection, vectors[leg]!, searchOptions));
  const [found, same] = await Promise.all([Promise.all(searches), exact]);
  const hits = found.map((lists) => lists[0]!);
  const refs = unionOf(hits, same);
  const [records, cosines] = await Promise.all([
    recordsOf(store, stringsCollection, refs, same),
    Promise.all(legs.map((leg, i) => cosinesOf(store, leg.collection, vectors[i]!, refs, hits[i]!))),
  ]);
  const candidates = hits.map((list) => new Set(list.map((hit) => hit.id)));
  return refs.flatMap(({ id }, i) => {
    const record = records[i];
    if (!record) return [];
    return [
      { id, record, cosines: cosines.map((c) => c[i]!), candidate: candidates.map((set) => set.has(id)) },
    ];
  });
}

function unionOf(hits: readonly SearchHit[][], same: ExactMatches): RecordRef[] {
  const refs = new Map<string, RecordRef>();
  for (const { id, ordinal } of same.strings.values()) refs.set(id, { id, ordinal });
  for (const list of hits) for (const { id, ordinal } of list) refs.set(id, { id, ordinal });
  return [...refs.values()];
}

async function recordsOf(
  store: VectorStore,
  collection: string,
  refs: readonly RecordRef[],
  same: ExactMatches,
): Promise<(StringRecord | undefined)[]> {
  const missing = refs.filter(({ id }) => !same.strings.has(id));
  const fetched = await store.fetch(collection, missing);
  const byId = new Map(missing.map(({ id }, i) => [id, fetched[i]]));
  return refs.map(({ id }) => {
    const known = same.strings.get(id);
    if (known) return known.record;
    const stored = byId.get(id);
    return stored && (JSON.parse(stored.body) as StringRecord);
  });
}

async function cosinesOf(
  store: VectorStore,
  collection: string,
  vector: Float32Array,
  refs: readonly RecordRef[],
  hits: readonly SearchHit[],
): Promise<number[]> {
  const known = new Map(hits.map((hit) => [hit.id, hit.cosine]));
  const missing = refs.filter(({ id }) => !known.has(id));
  const scores = await store.score(collection, vector, missing);
  for (const [i, { id }] of missing.entries()) known.set(id, scores[i] ?? -1);
  return refs.map(({ id }) => known.get(id)!);
}
