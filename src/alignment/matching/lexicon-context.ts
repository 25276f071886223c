import type { LexiconEntry } from "../../terminology/lexicon/lexicon.ts";
import { normalizeText } from "../../text/normalize.ts";
import type { ConceptCandidate } from "../concept-candidates.ts";
import type { ConceptAncestors } from "./concept-ancestors.ts";
import { broaderEntries } from "./entry-hierarchy.ts";
import { type LexiconContext, likenessOf } from "./pair-features.ts";

/** An entry with the concepts that it may be, likest first. */
export interface EntryCandidates {
  entry: LexiconEntry;
  candidates: readonly ConceptCandidate[];
}

/** A parent of the one is a parent or grandparent of the other: terminologies differ in how finely they divide. */
const LEVELS = 2;
/** Candidates whose place in the hierarchy is looked at. */
const LOOKED_AT = 5;

/** For each entry and each of its candidates what the rest of the lexicon says of the pair. */
export async function lexiconContexts(
  entries: readonly EntryCandidates[],
  ancestors: ConceptAncestors,
  signal?: AbortSignal,
): Promise<LexiconContext[][]> {
  const rivals = new Rivals(entries);
  const contexts = entries.map(({ entry, candidates }) =>
    candidates.map((candidate): LexiconContext => {
      const next = rivals.nextBest(entry, candidate);
      const above = next === undefined ? 1 : likenessOf(candidate) - next;
      return { isBestEntry: above >= 0, aboveNextEntry: above, agrees: 0, disagrees: 0 };
    }),
  );
  await judgeHierarchy(entries, contexts, ancestors, signal);
  return contexts;
}

/** For each concept the two entries of different terms that are likest to it. */
class Rivals {
  readonly #best = new Map<string, { term: string; likeness: number }[]>();
  readonly #terms = new Map<LexiconEntry, string>();

  constructor(entries: readonly EntryCandidates[]) {
    for (const { entry, candidates } of entries) {
      const term = normalizeText(entry.term);
      this.#terms.set(entry, term);
      for (const candidate of candidates) this.#add(candidate, term);
    }
  }

  #add(candidate: ConceptCandidate, term: string): void {
    const likeness = likenessOf(candidate);
    const list = (this.#best.get(candidate.cui) ?? []).filter(
      (rival) => rival.term !== term || rival.likeness > likeness,
    );
    if (!list.some((rival) => rival.term === term)) list.push({ term, likeness });
    list.sort((a, b) => b.likeness - a.likeness || (a.term < b.term ? -1 : 1));
    this.#best.set(candidate.cui, list.slice(0, 2));
  }

  nextBest(entry: LexiconEntry, { cui }: ConceptCandidate): number | undefined {
    const own = this.#terms.get(entry);
    return this.#best.get(cui)!.find(({ term }) => term !== own)?.likeness;
  }
}

/**
 * A pair whose entry is narrower than another entry should have a concept below that entry's likest concept, and the
 * other way round. Concepts without parents say nothing.
 */
async function judgeHierarchy(
  entries: readonly EntryCandidates[],
  contexts: readonly LexiconContext[][],
  ancestors: ConceptAncestors,
  signal: AbortSignal | undefined,
): Promise<void> {
  const broader = broaderEntries(entries.map(({ entry }) => entry));
  const related = new Set(broader.flatMap((above, i) => (above.length > 0 ? [i, ...above] : [])));
  const looked = [...related].flatMap((i) => entries[i]!.candidates.slice(0, LOOKED_AT));
  await ancestors.read(
    looked.map(({ cui }) => cui),
    LEVELS,
    signal,
  );
  const votes = contexts.map((list) => list.map(() => ({ for: 0, against: 0 })));
  const vote = (entry: number, place: number, child: string, parent: string): void => {
    const above = ancestors.above(child, LEVELS);
    if (above.size === 0 || child === parent) return;
    if (above.has(parent)) votes[entry]![place]!.for++;
    else votes[entry]![place]!.against++;
  };
  for (const [child, list] of broader.entries()) {
    const ownBest = entries[child]!.candidates[0];
    for (const parent of list) {
      const otherBest = entries[parent]!.candidates[0];
      if (!ownBest || !otherBest) continue;
      for (const [place, { cui }] of entries[child]!.candidates.slice(0, LOOKED_AT).entries())
        vote(child, place, cui, otherBest.cui);
      for (const [place, { cui }] of entries[parent]!.candidates.slice(0, LOOKED_AT).entries())
        vote(parent, place, ownBest.cui, cui);
    }
  }
  for (const [i, list] of votes.entries()) {
    for (const [place, { for: agreed, against }] of list.entries()) {
      if (agreed + against === 0) continue;
      contexts[i]![place]!.agrees = agreed / (agreed + against);
      contexts[i]![place]!.disagrees = against / (agreed + against);
    }
  }
}
