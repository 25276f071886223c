import type { KeptAtom } from "../terminology/concept.ts";
import {
  bestRating,
  type Candidate,
  type EncoderOpinion,
  mergeByComplementarity,
} from "./complementarity.ts";
import { type DescribedConcepts, definitionShare, type NearDefinition } from "./described-concepts.ts";
import type { FoundConcept } from "./facets.ts";
import type { StringEvidence } from "./gather-evidence.ts";
import type { MatchedBy, MatchedString } from "./matched-strings.ts";
import { passingAtoms, type SearchFilter } from "./search-filter.ts";
import type { EncoderScore, MatchType, SearchResult } from "./search-types.ts";
import type { EncoderLeg } from "./searcher.ts";
import { standingShare } from "./standing.ts";
import { worth } from "./worth.ts";

export interface RankInput {
  evidence: readonly StringEvidence[];
  legs: readonly EncoderLeg[];
  filter: SearchFilter;
  /** Which concepts are under `filter.under`. */
  below?: Pick<ReadonlySet<string>, "has"> | undefined;
  /** What was found without an encoder, best first. Every one of these strings is among the evidence. */
  matched: readonly MatchedString[];
  /** Definitions near the text; absent: nobody looked for them. */
  described?: DescribedConcepts;
  explain: boolean;
}

interface ConceptCandidate extends Candidate {
  /** For each encoder the string of the concept that is nearest to the query. */
  nearest: StringEvidence[];
  /** For each encoder the definition of the concept that is nearest, if one is near. */
  defined: readonly (NearDefinition | undefined)[];
  /** For each encoder the share that how well the concept is known makes up: `standingShare`. */
  standing: number[];
  /** For each encoder what these are worth to it together, as a cosine. */
  worth: number[];
  /** Atoms that carry the concept's strings and pass the filter. */
  atoms: Map<StringEvidence, KeptAtom[]>;
  /** Concept in short, as the strings keep it. */
  summary: StringEvidence["record"]["concepts"][number];
  tier: MatchType;
  /** Strings that were found without an encoder and have an atom of the concept that passes, best first. */
  matched: MatchedString[];
}

const TIER_ORDER: readonly MatchType[] = ["exact", "normalized", "prefix", "lexical", "semantic"];

/** From strings to a list of concepts: best string per concept and encoder, ratings, tiers, merge. */
export function rankConcepts(input: RankInput): FoundConcept[] {
  const concepts = groupByConcept(input);
  const ranks = input.legs.map((_, leg) => ranksOf(concepts, leg));
  const places = new Map(input.matched.map((string, place) => [string, place]));
  // A stable sort: where nothing else tells two concepts apart, the merge's order stays.
  const ordered = mergeByComplementarity(concepts).sort(
    (a, b) =>
      TIER_ORDER.indexOf(a.tier) - TIER_ORDER.indexOf(b.tier) ||
      Number(isObsolete(a)) - Number(isObsolete(b)) ||
      (a.tier === "exact" || a.tier === "normalized" ? byName(a, b) : 0) ||
      (a.tier === "semantic" ? 0 : places.get(a.matched[0]!)! - places.get(b.matched[0]!)!),
  );
  return ordered.map((concept, i) => ({
    result: resultOf(concept, i + 1, ranks, input),
    atoms: [...concept.atoms.values()].flat(),
  }));
}

function groupByConcept({
  evidence,
  legs,
  filter,
  below,
  matched,
  described,
}: RankInput): ConceptCandidate[] {
  const strings = new Map<
    string,
    { summary: ConceptCandidate["summary"]; atoms: Map<StringEvidence, KeptAtom[]> }
  >();
  for (const string of evidence) {
    for (const atom of passingAtoms(string.record, filter, below)) {
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
    const defined = described?.get(id) ?? [];
    const standing = legs.map((own) => standingShare(own.standing, summary.standing));
    const worths = legs.map(({ definitions }, leg) => {
      const shares = [definitionShare(definitions, defined[leg]), standing[leg]!];
      return worth(nearest[leg]!.cosines[leg]!, shares);
    });
    const opinions = legs.map(({ calibrator }, leg): EncoderOpinion => {
      const cosine = nearest[leg]!.cosines[leg]!;
      return { cosine, grade: calibrator.grade(worths[leg]!), rating: calibrator.rating(worths[leg]!) };
    });
    const ids = new Set(Array.from(atoms.keys(), (string) => string.id));
    const own = matched.filter(({ ref, cuis }) => ids.has(ref.id) && cuis.includes(id));
    const best = own.toSorted((a, b) => TIER_ORDER.indexOf(a.tier) - TIER_ORDER.indexOf(b.tier));
    const tier = best[0]?.tier ?? "semantic";
    return { id, opinions, nearest, defined, standing, worth: worths, atoms, summary, tier, matched: best };
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
  const ordered = [...concepts].sort((a, b) => b.worth[leg]! - a.worth[leg]! || (a.id < b.id ? -1 : 1));
  return new Map(ordered.map((concept, i) => [concept.id, i + 1]));
}

/**
 * Among concepts that the text names, the one that is named more nearly comes first (the string before the code, its
 * writing before its words), then the one whose preferred name it is, then the one that more sources call so; the encoders
 * can't tell them apart.
 */
function byName(a: ConceptCandidate, b: ConceptCandidate): number {
  const nearness = ({ matched }: ConceptCandidate): number => NEARNESS.indexOf(matched[0]!.by);
  return nearness(a) - nearness(b) || support(b) - support(a);
}

const NEARNESS: readonly MatchedBy[] = ["string", "writing", "words", "code", "cui"];

function support({ matched, tier, atoms }: ConceptCandidate): number {
  const ids = new Set(matched.filter((string) => string.tier === tier).map(({ ref }) => ref.id));
  const own = [...atoms].flatMap(([string, list]) => (ids.has(string.id) ? list : []));
  const current = own.filter((atom) => atom.suppress === "N");
  return 1000 * Number(current.some((atom) => atom.isPref)) + new Set(current.map((atom) => atom.sab)).size;
}

/** Whether the concept was found by atoms alone that its sources have given up. */
function isObsolete({ atoms }: ConceptCandidate): boolean {
  return [...atoms.values()].every((list) => list.every((atom) => atom.suppress !== "N"));
}

function resultOf(
  concept: ConceptCandidate,
  rank: number,
  ranks: Map<string, number>[],
  { legs, explain }: RankInput,
): SearchResult {
  const matchType = concept.tier;
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
    ...(atom.suppress === "N" ? {} : { obsolete: true }),
    rating,
    agreement: concept.opinions.every((opinion) => opinion?.rating === rating),
    scores,
    semanticTypes: concept.summary.semanticTypes,
    ...(explain ? { explanation: explanationOf(concept, legs), matches: matchesOf(concept) } : {}),
  };
}

/** What each encoder saw of the concept, for people. */
function explanationOf(
  { nearest, defined, standing, opinions }: ConceptCandidate,
  legs: readonly EncoderLeg[],
): NonNullable<SearchResult["explanation"]> {
  return legs.map(({ encoder, standing: heeded }, leg) => {
    const { cosine, grade } = opinions[leg]!;
    const string = nearest[leg]!;
    const definition = defined[leg];
    return {
      encoder: encoder.folder.manifest.id,
      string: string.record.text,
      cosine: rounded(cosine),
      grade: Number(grade.toFixed(4)),
      candidate: string.candidate[leg]!,
      ...(definition ? { definition: { text: definition.text, cosine: rounded(definition.cosine) } } : {}),
      ...(heeded ? { standing: rounded(standing[leg]!) } : {}),
    };
  });
}

/** What was found without an encoder, for people: each way by its best string. */
function matchesOf({ matched }: ConceptCandidate): NonNullable<SearchResult["matches"]> {
  const ways = new Map(
    matched.map((string) => [string.by, string]).reverse() as [MatchedBy, MatchedString][],
  );
  return [...ways].reverse().map(([by, { tier, record }]) => ({ by, matchType: tier, string: record.text }));
}

/** The string by which the concept stands where it does: found without an encoder, or nearest for the one that rates it best. */
function shownString({ tier, matched, atoms, opinions, nearest }: ConceptCandidate): StringEvidence {
  if (tier !== "semantic") {
    const { ref } = matched[0]!;
    for (const string of atoms.keys()) if (string.id === ref.id) return string;
  }
  const grades = opinions.map((opinion) => opinion!.grade);
  return nearest[grades.indexOf(Math.max(...grades))]!;
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
