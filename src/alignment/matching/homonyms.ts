import { type DefinitionHits, describedConcepts } from "../../retrieval/match/definition-hits.ts";
import type { StringEvidence } from "../../retrieval/rank/collect-candidates.ts";
import { sensesOf } from "../../retrieval/rank/senses.ts";
import type { EncoderRetriever } from "../../retrieval/searcher.ts";
import type { ConceptRecord } from "../../terminology/concept.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { type ConceptCandidate, isVeryName, type TextFindings } from "../concept-candidates.ts";

// Of two senses the context decides for the one that is nearer by so much of a cosine.
const MARGIN = 0.01;
// A definition that is no nearer than this says nothing of the sense.
const DEFINITION_FROM = 0.4;
const CUIS_PER_LOOKUP = 500;

/** What an entry's homonyms are to be decided by. */
export interface HomonymInput {
  /** The entry's term. */
  term: string;
  candidates: readonly ConceptCandidate[];
  findings: readonly TextFindings[];
  /** Vectors of the entry's explanation, one per encoder; absent where it has none. */
  explanation?: readonly Float32Array[];
}

/** Candidates whose very name the term is. */
function homonymsOf(candidates: readonly ConceptCandidate[]): ConceptCandidate[] {
  const named = candidates.filter(({ same }) => same?.field === "term" && isVeryName(same));
  const best = named.some(({ same }) => same!.by === "string") ? "string" : "writing";
  return named.filter(({ same }) => same!.by === best);
}

/**
 * Where several concepts bear the term as their very name, decides by all else that the entry says: what is nearest to its explanation
 * and synonyms among their other names and definitions. Sets `context` of each, and `rivals` where they have more senses than one and
 * nothing decides.
 */
export async function decideHomonyms(
  inputs: readonly HomonymInput[],
  retrievers: readonly EncoderRetriever[],
  store: VectorStore,
  conceptsCollection: string,
): Promise<void> {
  const open = inputs
    .map((input) => ({ input, homonyms: homonymsOf(input.candidates) }))
    .filter(({ homonyms }) => homonyms.length > 1);
  if (open.length === 0) return;
  const described = await definitionsNear(
    open.map(({ input }) => input),
    retrievers,
    store,
  );
  const records = await readConcepts(
    open.flatMap(({ homonyms }) => homonyms.map(({ cui }) => cui)),
    store,
    conceptsCollection,
  );
  for (const { input, homonyms } of open) {
    const near = contextScores(input, homonyms, described.get(input));
    const known = homonyms.flatMap(({ cui }) => records.get(cui) ?? []);
    const senses = sensesOf(input.term, known);
    const best = senses
      .map((cuis) => Math.max(...cuis.map((cui) => near.get(cui) ?? 0)))
      .sort((a, b) => b - a);
    const isDecided = senses.length < 2 || best[0]! - best[1]! >= MARGIN;
    for (const candidate of homonyms) {
      candidate.context = near.get(candidate.cui) ?? 0;
      if (!isDecided)
        candidate.rivals = homonyms.filter((other) => other !== candidate).map(({ cui }) => cui);
    }
  }
}

/** For each homonym how near what the entry says besides its term comes to it, by its other names and its definitions. */
function contextScores(
  { findings }: HomonymInput,
  homonyms: readonly ConceptCandidate[],
  definitions: DefinitionHits | undefined,
): Map<string, number> {
  const said = findings.filter(({ text }) => text.field === "explanation" || text.field === "synonym");
  const shared = new Set(homonyms.map(({ same }) => same!.string));
  const scores = new Map<string, number>();
  for (const { cui } of homonyms) {
    const near = said.map(({ evidence }) => nearestName(evidence, cui, shared));
    const defined =
      definitions?.get(cui)?.map((hit) => Math.max(0, (hit?.cosine ?? 0) - DEFINITION_FROM)) ?? [];
    scores.set(cui, Math.max(0, ...near) + Math.max(0, ...defined));
  }
  return scores;
}

/** Mean over the encoders of the highest cosine of the concept's names that the homonyms don't share; the lowest that was found for one without. */
function nearestName(evidence: readonly StringEvidence[], cui: string, shared: ReadonlySet<string>): number {
  const own = evidence.filter(
    ({ record }) => !shared.has(record.text) && record.concepts.some((concept) => concept.cui === cui),
  );
  const encoders = evidence[0]?.cosines.length ?? 0;
  let sum = 0;
  for (let encoder = 0; encoder < encoders; encoder++) {
    const cosines = own.map(({ cosines: all }) => all[encoder]!);
    sum +=
      cosines.length > 0
        ? Math.max(...cosines)
        : Math.min(...evidence.map(({ cosines: all }) => all[encoder]!));
  }
  return encoders === 0 ? 0 : sum / encoders;
}

async function definitionsNear(
  inputs: readonly HomonymInput[],
  retrievers: readonly EncoderRetriever[],
  store: VectorStore,
): Promise<Map<HomonymInput, DefinitionHits>> {
  const explained = inputs.filter(({ explanation }) => explanation !== undefined);
  if (explained.length === 0) return new Map();
  const vectors = retrievers.map((_, retriever) => {
    const rows = explained.map(({ explanation }) => explanation![retriever]!);
    const all = new Float32Array(rows.length * rows[0]!.length);
    for (const [i, row] of rows.entries()) all.set(row, i * row.length);
    return all;
  });
  const hits = await describedConcepts(store, retrievers, vectors);
  return new Map(explained.map((input, i) => [input, hits[i]!]));
}

async function readConcepts(
  cuis: readonly string[],
  store: VectorStore,
  collection: string,
): Promise<Map<string, ConceptRecord>> {
  const found = new Map<string, ConceptRecord>();
  const distinct = [...new Set(cuis)];
  for (let start = 0; start < distinct.length; start += CUIS_PER_LOOKUP) {
    const part = distinct.slice(start, start + CUIS_PER_LOOKUP);
    for (const { id, body } of await store.find(collection, "id", part, part.length))
      found.set(id, JSON.parse(body) as ConceptRecord);
  }
  return found;
}
