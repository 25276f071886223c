import type { KeptAtom } from "../terminology/concept.ts";
import {
  bestRating,
  type Candidate,
  type EncoderOpinion,
  mergeByComplementarity,
} from "./complementarity.ts";
import type { StringEvidence } from "./gather-evidence.ts";
import { passingAtoms, type SearchFilter } from "./search-filter.ts";
import type { EncoderScore, MatchType, SearchResult } from "./search-types.ts";
import type { EncoderLeg } from "./searcher.ts";

export interface RankInput {
  evidence: readonly StringEvidence[];
  legs: readonly EncoderLeg[];
  filter: SearchFilter;
  tiers: ReadonlyMap<string, MatchType>;
  k: number;
  explain: boolean;
}

interface ConceptCandidate extends Candidate {
  /** For each encoder the string of the concept that is nearest to the query. */
  nearest: StringEvidence[];
  /** Atoms that carry the concept's strings and pass the filter. */
  atoms: Map<StringEvidence, KeptAtom[]>;
  /** Concept in short, as the strings keep it. */
  summary: StringEvidence["record"]["concepts"][number];
}

const TIER_ORDER: readonly MatchType[] = ["exact", "normalized", "prefix", "lexical", "semantic"];

/** From strings to a page of concepts: best string per concept and encoder, ratings, tiers, merge. */
export function rankConcepts(input: RankInput): SearchResult[] {
  const concepts = groupByConcept(input);
  const ranks = input.legs.map((_, leg) => ranksOf(concepts, leg));
  const tierOf = (concept: ConceptCandidate): MatchType => input.tiers.get(concept.id) ?? "semantic";
  const merged = mergeByComplementarity(concepts);
  // A stable sort: within a tier the merge's order stays.
  const ordered = merged.sort(
    (a, b) => TIER_ORDER.indexOf(tierOf(a)) - TIER_ORDER.indexOf(tierOf(b)) || byName(tierOf(a), a, b, input),
  );
  return ordered
    .slice(0, input.k)
    .map((concept, i) => resultOf(concept, i + 1, tierOf(concept), ranks, input));
}

function groupByConcept({ evidence, legs, filter }: RankInput): ConceptCandidate[] {
  const strings = new Map<
    string,
    { summary: ConceptCandidate["summary"]; atoms: Map<StringEvidence, KeptAtom[]> }
  >();
  for (const string of evidence) {
    for (const atom of passingAtoms(string.record, filter)) {
      const summary = string.record.concepts.find((c) => c.cui === atom.cui)!;
      const concept = strings.get(atom.cui) ?? { summary, atoms: new Map() };
      strings.set(atom.cui, concept);
      const atoms = concept.atoms.get(string);
      if (atoms) atoms.push(atom);
      else concept.atoms.set(string, [atom]);
    }
  }
  return [...strings].map(([id, { summary, atoms }]) => {
    const nearest = legs.map((_, leg) => nearestString([...atoms.keys()], leg));
    const opinions = legs.map(({ calibrator }, leg): EncoderOpinion => {
      const cosine = nearest[leg]!.cosines[leg]!;
      return { cosine, grade: calibrator.grade(cosine), rating: calibrator.rating(cosine) };
    });
    return { id, opinions, nearest, atoms, summary };
  });
}

function nearestString(strings: readonly StringEvidence[], leg: number): StringEvidence {
  return strings.reduce((best, s) =>
    s.cosines[leg]! > best.cosines[leg]! || (s.cosines[leg] === best.cosines[leg] && s.id < best.id)
      ? s
      : best,
  );
}

/** Place of each concept in one encoder's own order. */
function ranksOf(concepts: readonly ConceptCandidate[], leg: number): Map<string, number> {
  const ordered = [...concepts].sort(
    (a, b) => b.opinions[leg]!.cosine - a.opinions[leg]!.cosine || (a.id < b.id ? -1 : 1),
  );
  return new Map(ordered.map((concept, i) => [concept.id, i + 1]));
}

/**
 * Among concepts that have the very string, the one that more of its sources call so comes first, and a preferred name
 * before a synonym; the encoders can't tell them apart.
 */
function byName(tier: MatchType, a: ConceptCandidate, b: ConceptCandidate, { legs }: RankInput): number {
  if (tier === "semantic") return 0;
  const weight = (concept: ConceptCandidate): number => {
    const atoms = [...concept.atoms].flatMap(([string, list]) =>
      concept.nearest.includes(string) ? list : [],
    );
    const current = atoms.filter((atom) => atom.suppress === "N");
    return 1000 * Number(current.some((atom) => atom.isPref)) + new Set(current.map((atom) => atom.sab)).size;
  };
  return weight(b) - weight(a) || (legs.length === 0 ? 0 : a.id < b.id ? -1 : 1);
}

function resultOf(
  concept: ConceptCandidate,
  rank: number,
  matchType: MatchType,
  ranks: Map<string, number>[],
  { legs, explain }: RankInput,
): SearchResult {
  const rating = matchType === "exact" || matchType === "normalized" ? 5 : bestRating(concept);
  const shown = shownString(concept);
  const atom = bestAtom(concept.atoms.get(shown)!);
  const scores: Record<string, EncoderScore> = {};
  for (const [leg, { encoder }] of legs.entries()) {
    const { cosine, rating: own } = concept.opinions[leg]!;
    scores[encoder.folder.manifest.id] = {
      cosine: rounded(cosine),
      rank: ranks[leg]!.get(concept.id)!,
      rating: own,
    };
  }
  const explanation = legs.map(({ encoder }, leg) => {
    const { cosine, grade } = concept.opinions[leg]!;
    const string = concept.nearest[leg]!;
    const id = encoder.folder.manifest.id;
    return {
      encoder: id,
      string: string.record.text,
      cosine: rounded(cosine),
      grade: Number(grade.toFixed(4)),
      candidate: string.candidate[leg]!,
    };
  });
  return {
    rank,
    cui: concept.id,
    name: concept.summary.name,
    string: shown.record.text,
    aui: atom.aui,
    sab: atom.sab,
    tty: atom.tty,
    lat: atom.lat,
    code: atom.code,
    matchType,
    rating,
    agreement: concept.opinions.every((opinion) => opinion?.rating === rating),
    scores,
    semanticTypes: concept.summary.semanticTypes,
    ...(explain ? { explanation } : {}),
  };
}

/** The string of the encoder that rates the concept best. */
function shownString(concept: ConceptCandidate): StringEvidence {
  const grades = concept.opinions.map((opinion) => opinion!.grade);
  return concept.nearest[grades.indexOf(Math.max(...grades))]!;
}

function bestAtom(atoms: readonly KeptAtom[]): KeptAtom {
  return atoms.reduce((best, atom) => (compareAtoms(atom, best) < 0 ? atom : best));
}

function compareAtoms(a: KeptAtom, b: KeptAtom): number {
  return (
    Number(b.suppress === "N") - Number(a.suppress === "N") ||
    Number(b.isPref) - Number(a.isPref) ||
    (a.aui < b.aui ? -1 : 1)
  );
}

/** Seven digits are what float32 holds; its rounding can carry a cosine past 1. */
function rounded(cosine: number): number {
  return Math.round(Math.max(-1, Math.min(1, cosine)) * 1e7) / 1e7;
}
