import type { ConceptCandidate } from "../concept-candidates.ts";

/**
 * What the strong mode knows of a pair of an entry and a concept, each the higher the more it speaks for the pair. Encoders are
 * looked at together (mean, highest), so that coefficients outlive an encoder; `lift` does not depend on how an encoder
 * spreads its cosines.
 */
export const PAIR_FEATURES = [
  "term is its string",
  "term is its string but for the writing",
  "term has its string's words",
  "a synonym is its string",
  "release's support of the name",
  "mean lift",
  "highest lift",
  "encoders that rank it first",
  "lift above the next",
  "trigram cosine",
  "no string is alike by letters",
  "semantic type of the neighbours",
  "best entry for the concept",
  "likeness above the next entry",
  "hierarchy agrees",
  "hierarchy does not disagree",
] as const;

/** What is known of a pair only when the whole lexicon has been looked at. */
export interface LexiconContext {
  /** Whether no other entry with another term is nearer to the concept. */
  isBestEntry: boolean;
  /** Likeness of the pair less that of the nearest other entry with another term. */
  aboveNextEntry: number;
  /** Share of the neighbours' pairs that stand in the hierarchy as the entries do, and of those that don't. */
  agrees: number;
  disagrees: number;
}

/** Likeness of a pair from 0 to 1 before anything was fitted: what the encoders and the letters say, alike. */
export function likenessOf({ lifts: own, trigrams, same }: ConceptCandidate): number {
  if (same) return 1;
  return (mean(own) + trigrams.cosine) / 2;
}

/** A row of features for each of an entry's candidates, in their order. */
export function pairFeatures(
  candidates: readonly ConceptCandidate[],
  contexts: readonly LexiconContext[],
): Float64Array[] {
  const lifts = candidates.map((candidate) => mean(candidate.lifts));
  const letters = candidates.map(({ trigrams }) => trigrams.cosine);
  const aboveLift = aboveOthers(lifts);
  const likest = Math.max(0, ...letters);
  const types = typeShares(candidates);
  return candidates.map((candidate, i) => {
    const { sightings, same, support } = candidate;
    const { isBestEntry, aboveNextEntry, agrees, disagrees } = contexts[i]!;
    const ofTerm = same?.field === "term";
    const values: Record<(typeof PAIR_FEATURES)[number], number> = {
      "term is its string": Number(ofTerm && same?.by === "string"),
      "term is its string but for the writing": Number(ofTerm && same?.by === "writing"),
      "term has its string's words": Number(ofTerm && same?.by === "words"),
      "a synonym is its string": Number(same?.field === "synonym"),
      "release's support of the name": same ? Number(support >= 1000) + Math.min(4, support % 1000) / 4 : 0,
      "mean lift": lifts[i]!,
      "highest lift": Math.max(...candidate.lifts),
      "encoders that rank it first": mean(sightings.map(({ rank }) => Number(rank === 1))),
      "lift above the next": aboveLift[i]!,
      "trigram cosine": letters[i]!,
      // Then it is in another language, or in other words, and that its letters are not those of a string says little.
      "no string is alike by letters": 1 - likest,
      "semantic type of the neighbours": types[i]!,
      "best entry for the concept": Number(isBestEntry),
      "likeness above the next entry": aboveNextEntry,
      "hierarchy agrees": agrees,
      "hierarchy does not disagree": 1 - disagrees,
    };
    return Float64Array.from(PAIR_FEATURES, (name) => values[name]);
  });
}

/** Each value less the highest of the others; less 0 where it is alone. */
function aboveOthers(values: readonly number[]): number[] {
  const [first = 0, second = 0] = [...values].sort((a, b) => b - a);
  const leads = values.indexOf(first);
  return values.map((value, i) => value - (i === leads ? second : first));
}

/** Concepts of this place and above speak for the type of what the entry means. */
const VOTERS = 10;

/**
 * For each candidate the share of what the nearest others weigh that have a semantic type in common with it: a lone
 * procedure among diseases is suspect. One half where nobody else has a type.
 */
function typeShares(candidates: readonly ConceptCandidate[]): number[] {
  const likeness = candidates.map(likenessOf);
  const order = [...candidates.keys()].sort((a, b) => likeness[b]! - likeness[a]! || a - b);
  const voters = order.slice(0, VOTERS).filter((i) => candidates[i]!.semanticTypes.length > 0);
  const ofType = new Map<string, number>();
  let all = 0;
  for (const i of voters) {
    all += likeness[i]!;
    for (const { tui } of candidates[i]!.semanticTypes)
      ofType.set(tui, (ofType.get(tui) ?? 0) + likeness[i]!);
  }
  const votes = new Set(voters);
  return candidates.map(({ semanticTypes }, i) => {
    const own = votes.has(i) ? likeness[i]! : 0;
    if (all - own <= 0 || semanticTypes.length === 0) return 0.5;
    const weights = semanticTypes.map(({ tui }) => ofType.get(tui) ?? 0);
    return Math.max(0, Math.max(...weights) - own) / (all - own);
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
