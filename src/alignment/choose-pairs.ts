import type { SearchFilter } from "../retrieval/request/search-filter.ts";
import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { type AlignedEntry, type ChosenConcept, type MergedPair, mayBeTaken } from "./aligned-entry.ts";
import type { ConceptCandidate } from "./concept-candidates.ts";
import { choiceProbabilities } from "./matching/choice-model.ts";
import { ConceptAncestors } from "./matching/concept-ancestors.ts";
import { lexiconContexts } from "./matching/lexicon-context.ts";
import type { MatcherModel } from "./matching/matcher.ts";
import { oneToOne as assign } from "./matching/one-to-one.ts";
import { pairFeatures } from "./matching/pair-features.ts";
import { thresholdForPrecision } from "./matching/threshold.ts";

export const CHOICES = ["f1", "precision", "all"] as const;
/**
 * Which pairs are taken: those of the best F1 where the matcher was fitted, or of a high precision that is to be expected, all, or
 * those of at least a probability.
 */
export type Choice = (typeof CHOICES)[number] | number;

export interface ChoiceSettings {
  matcher: MatcherModel;
  choice: Choice;
  /** No concept is taken twice; the pairs taken are those of the highest total log-odds above the threshold. */
  oneToOne: boolean;
  filter: SearchFilter;
  signal?: AbortSignal;
}

/**
 * The strong mode's choice: every candidate gets a probability, each entry the candidate of the highest (among those that bear the
 * very term as a name, where there are any), and it is taken where that reaches the threshold. Gives the threshold. Candidates then stand in that order.
 */
export async function choosePairs(
  entries: readonly AlignedEntry[],
  lists: readonly ConceptCandidate[][],
  { store, release }: { store: VectorStore; release: ReleaseRecord },
  { matcher, choice, oneToOne, filter, signal }: ChoiceSettings,
): Promise<number> {
  const ancestors = new ConceptAncestors(store, release.concepts, filter.sab);
  const known = entries.map(({ entry }, i) => ({ entry, candidates: lists[i]! }));
  const contexts = await lexiconContexts(known, ancestors, signal);
  for (const [i, candidates] of lists.entries()) {
    const rows = pairFeatures(candidates, contexts[i]!);
    const probabilities = choiceProbabilities(matcher, rows);
    // What may not be taken leaves its probability to the others; it keeps its own, to be shown by.
    const able = [...candidates.keys()].filter((place) => !candidates[place]!.differs);
    const among = choiceProbabilities(
      matcher,
      able.map((place) => rows[place]!),
    );
    for (const [n, place] of able.entries()) probabilities[place] = among[n]!;
    for (const [place, candidate] of candidates.entries()) candidate.probability = probabilities[place]!;
    giveToDecided(candidates);
    // A stable sort: what the probability can't tell apart stays in the order of likeness.
    candidates.sort(
      (a, b) =>
        tierOf(a) - tierOf(b) || (b.context ?? 0) - (a.context ?? 0) || b.probability! - a.probability!,
    );
  }
  const threshold = thresholdOf(entries, choice, matcher);
  const taken = oneToOne ? assigned(entries, threshold) : undefined;
  for (const [i, aligned] of entries.entries()) {
    const first = aligned.candidates[0];
    if (!first) continue;
    const chosen = taken?.get(i);
    const best = bestOf(aligned.candidates, threshold) ?? first;
    const accepted = taken ? chosen !== undefined : mayBeTaken(best) && best.probability! >= threshold;
    aligned.merged = pairOf(chosen ?? best, accepted);
  }
  return threshold;
}

/** The first that may be taken and reaches the threshold; where none does, the first of all is shown. */
function bestOf(candidates: readonly ChosenConcept[], threshold: number): ChosenConcept | undefined {
  const [first] = candidates;
  // What is ambiguous is not answered with something else.
  if (first?.rivals) return first;
  return candidates.find((candidate) => mayBeTaken(candidate) && candidate.probability! >= threshold);
}

/** Homonyms share one name and so its probability; where something has decided between them the one has it all. */
function giveToDecided(candidates: readonly ConceptCandidate[]): void {
  const homonyms = candidates.filter(({ context, rivals }) => context !== undefined && !rivals);
  if (homonyms.length < 2) return;
  const all = homonyms.reduce((sum, { probability }) => sum + probability!, 0);
  const likeliest = Math.max(...homonyms.map(({ context }) => context!));
  const chosen = homonyms.filter(({ context }) => context === likeliest);
  for (const homonym of homonyms)
    homonym.probability = homonym.context === likeliest ? all / chosen.length : 0;
}

/** Concepts that bear the very term as a name come before all that are only like it, as in a search. */
function tierOf({ same }: ConceptCandidate): number {
  if (same?.field !== "term") return 2;
  return same.by === "string" ? 0 : same.by === "writing" ? 1 : 2;
}

/**
 * For precision, that of this lexicon's own probabilities. For F1, that of the entries which the matcher was fitted on: a lexicon in
 * other words than a release's has lower probabilities than it deserves, and would be cut where the best F1 of those lies.
 */
function thresholdOf(
  entries: readonly AlignedEntry[],
  choice: Choice,
  { f1, precision }: MatcherModel,
): number {
  if (typeof choice === "number") return choice;
  if (choice === "all") return 0;
  if (choice === "f1") return f1.threshold;
  const highest = entries
    .filter(({ candidates }) => candidates.length > 0)
    .map(({ candidates }) => Math.max(...candidates.map(({ probability }) => probability!)));
  return thresholdForPrecision(highest, precision.wanted);
}

function assigned(entries: readonly AlignedEntry[], threshold: number): Map<number, ChosenConcept> {
  const logOdds = (probability: number): number => Math.log(probability / Math.max(1e-12, 1 - probability));
  const floor = threshold > 0 ? logOdds(Math.min(1 - 1e-9, threshold)) - 1e-9 : -30;
  const able = entries.flatMap(({ candidates }, entry) =>
    candidates
      .filter((candidate) => mayBeTaken(candidate) && candidate.probability! >= threshold)
      .map((candidate) => ({ entry, concept: candidate.cui, candidate })),
  );
  const pairs = able.map((pair) => ({
    ...pair,
    weight: Math.max(1e-9, logOdds(pair.candidate.probability!) - floor),
  }));
  return new Map([...assign(pairs)].map(([entry, place]) => [entry, pairs[place]!.candidate]));
}

function pairOf(concept: ChosenConcept, accepted: boolean): MergedPair {
  const { same, sightings, probability } = concept;
  const base = { concept, confidence: probability!, accepted };
  if (same && mayBeTaken(concept)) return { ...base, rating: 5, source: "exact", string: same.string };
  const order = [...sightings.keys()].sort(
    (a, b) => sightings[b]!.rating - sightings[a]!.rating || sightings[a]!.rank - sightings[b]!.rank || a - b,
  );
  const source = order[0]!;
  const { rating, string } = sightings[source]!;
  return { ...base, rating, source, string };
}
