import type { ConceptRecord } from "../../terminology/concept.ts";
import type { ReleaseRecord } from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { describedConcepts } from "../match/definition-hits.ts";
import type { MatchedString } from "../match/lexical-matches.ts";
import type { EncoderRetriever } from "../searcher.ts";
import { collectCandidates } from "./collect-candidates.ts";
import type { FoundConcept } from "./facets.ts";
import { sensesOf } from "./senses.ts";

// Names near a context that are looked at; farther ones say nothing of a sense.
const NEAR = 60;
// Of two senses the context decides for the one that is nearer by so much of a cosine.
const MARGIN = 0.01;
const DEFINITION_FROM = 0.4;
const MOST = 50;

export interface HomonymQuery {
  text: string;
  /** The text in which the query stands. */
  context?: string | undefined;
  list: FoundConcept[];
  matched: readonly MatchedString[];
}

export interface HomonymDeps {
  store: VectorStore;
  release: ReleaseRecord;
  retrievers: readonly EncoderRetriever[];
}

/**
 * Whether a query is a name of several concepts that mean different things and nothing decides between them. Where its context does,
 * the concepts that bear the name are put in the order in which they are near to it, and it is not ambiguous.
 */
export async function decideHomonyms(query: HomonymQuery, deps: HomonymDeps): Promise<boolean> {
  const { text, context, list, matched } = query;
  const first = list[0]?.result.matchType;
  // A code that several concepts share is not a text of several senses.
  if ((first !== "exact" && first !== "normalized") || matched[0]?.by === "code" || matched[0]?.by === "cui")
    return false;
  const named = list.filter(({ result }) => result.matchType === first).slice(0, MOST);
  if (named.length < 2) return false;
  const cuis = named.map(({ result }) => result.cui);
  const found = await deps.store.find(deps.release.concepts, "id", cuis, cuis.length);
  const records = new Map(found.map(({ id, body }) => [id, JSON.parse(body) as ConceptRecord]));
  const senses = sensesOf(
    text,
    cuis.flatMap((cui) => records.get(cui) ?? []),
  );
  if (senses.length < 2) return false;
  const said = context?.replaceAll(text, " ").trim();
  if (!said) return true;
  const near = await nearnessTo(said, text, new Set(cuis), deps);
  const place = new Map(named.map((concept, i) => [concept, i]));
  const score = ({ result: { cui } }: FoundConcept): number => near.get(cui) ?? 0;
  named.sort((a, b) => score(b) - score(a) || place.get(a)! - place.get(b)!);
  for (const [i, concept] of named.entries())
    list[i] = { ...concept, result: { ...concept.result, rank: i + 1 } };
  return !isDecided(senses, near);
}

/** Whether one of several senses (CUIs) is clearly nearer than the others. */
export function isDecided(
  senses: readonly (readonly string[])[],
  near: ReadonlyMap<string, number>,
): boolean {
  const best = senses.map((own) => Math.max(...own.map((cui) => near.get(cui) ?? 0))).sort((a, b) => b - a);
  return best.length < 2 || best[0]! - best[1]! >= MARGIN;
}

/** How near each of the concepts is to what is said around the query, by its names but the shared one, and by its definitions. */
export async function nearnessTo(
  said: string,
  name: string,
  cuis: ReadonlySet<string>,
  { store, release, retrievers }: HomonymDeps,
): Promise<Map<string, number>> {
  const encoded = await Promise.all(retrievers.map(({ encoder }) => encoder.encode([said], "query")));
  const vectors = encoded.map((one) => one.vectors);
  const options = { strings: NEAR, exact: false, filter: { cui: [...cuis] } };
  const [[evidence], [defined]] = await Promise.all([
    collectCandidates(store, release.strings, retrievers, vectors, [[]], options),
    describedConcepts(store, retrievers, vectors),
  ]);
  const scores = new Map<string, number>();
  for (const { record, cosines } of evidence ?? []) {
    if (record.text.toLowerCase() === name.toLowerCase()) continue;
    const cosine = cosines.reduce((sum, one) => sum + one, 0) / cosines.length;
    for (const { cui } of record.concepts)
      if (cuis.has(cui)) scores.set(cui, Math.max(cosine, scores.get(cui) ?? 0));
  }
  for (const cui of cuis) {
    const near = Math.max(0, ...(defined?.get(cui) ?? []).map((hit) => (hit?.cosine ?? 0) - DEFINITION_FROM));
    scores.set(cui, (scores.get(cui) ?? 0) + near);
  }
  return scores;
}
