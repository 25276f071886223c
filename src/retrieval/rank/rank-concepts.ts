import type { KeptAtom } from "../../terminology/concept.ts";
import { type DefinitionHits, definitionShare, type NearDefinition } from "../match/definition-hits.ts";
import type { MatchedBy, MatchedString } from "../match/lexical-matches.ts";
import { passingAtoms, type SearchFilter } from "../request/search-filter.ts";
import type { EncoderScore, MatchType, SearchResult } from "../request/search-types.ts";
import type { EncoderRetriever } from "../searcher.ts";
import { worth } from "./adjusted-score.ts";
import type { StringEvidence } from "./collect-candidates.ts";
import {
  bestRating,
  type Candidate,
  type EncoderOpinion,
  meanGrade,
  mergeByComplementarity,
} from "./complementarity.ts";
import {
  conceptDifferences,
  MAX_DIFFERING_GRADE,
  MAX_DIFFERING_RATING,
  type QueryMeaning,
} from "./concept-differences.ts";
import type { FoundConcept } from "./facets.ts";
import { popularityShare } from "./popularity-boost.ts";

export interface RankInput {
  /** What the query says, by which names are judged. */
  query: QueryMeaning;
  evidence: readonly StringEvidence[];
  retrievers: readonly EncoderRetriever[];
  filter: SearchFilter;
  /** Which concepts are under `filter.under`. */
  below?: Pick<ReadonlySet<string>, "has"> | undefined;
  /** What was found without an encoder, best first. Every one of these strings is among the evidence. */
  matched: readonly MatchedString[];
  /** Definitions near the text; absent: nobody looked for them. */
  described?: DefinitionHits;
  explain: boolean;
}

interface ConceptCandidate extends Candidate {
  /** For each encoder the string of the concept that is nearest to the query. */
  nearest: StringEvidence[];
  /** For each encoder the definition of the concept that is nearest, if one is near. */
  defined: readonly (NearDefinition | undefined)[];
  /** For each encoder the share that how well the concept is known makes up: `popularityShare`. */
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
  const ranks = input.retrievers.map((_, retriever) => ranksOf(concepts, retriever));
  const places = new Map(input.matched.map((string, place) => [string, place]));
  // A stable sort: where nothing else tells two concepts apart, the merge's order stays.
  const ordered = mergeByComplementarity(concepts).sort(
    (a, b) =>
      placeOf(a) - placeOf(b) ||
      TIER_ORDER.indexOf(a.tier) - TIER_ORDER.indexOf(b.tier) ||
      Number(isObsolete(a)) - Number(isObsolete(b)) ||
      (a.tier === "exact" || a.tier === "normalized" ? byName(a, b) : 0) ||
      (a.tier === "semantic" ? 0 : places.get(a.matched[0]!)! - places.get(b.matched[0]!)!),
  );
  return ordered.map((concept, i) => ({
    result: resultOf(concept, i + 1, ranks, input),
    atoms: [...concept.atoms.values()].flat(),
    grade: meanGrade(concept),
    differs: () => (isNamed(concept) ? [] : differencesOf(concept, input.query)),
  }));
}

// A name of which the words of the text are a smaller part says much else.
const MIN_PART = 0.45;
const NEAR_RATING = 3;

/**
 * The tiers in their order; but what an encoder calls the same stands before what only holds the words of the text, and what it calls
 * near before a long name that holds them among others.
 */
function placeOf(concept: ConceptCandidate): number {
  const lexical = TIER_ORDER.indexOf("lexical");
  const rating = bestRating(concept);
  const steps = [lexical - 0.5, lexical, lexical + 0.25, lexical + 0.5] as const;
  if (concept.tier === "lexical") {
    if (rating > MAX_DIFFERING_RATING) return steps[0];
    return (concept.matched[0]!.likeness ?? 1) >= MIN_PART ? steps[1] : steps[3];
  }
  if (concept.tier !== "semantic") return TIER_ORDER.indexOf(concept.tier);
  if (rating > MAX_DIFFERING_RATING) return steps[0];
  return rating >= NEAR_RATING ? steps[2] : TIER_ORDER.indexOf("semantic");
}

function isNamed({ tier }: Pick<ConceptCandidate, "tier">): boolean {
  return tier === "exact" || tier === "normalized";
}

/** In what the query and the concept differ: by the strings nearest to each encoder, then by its others. */
function differencesOf({ nearest, atoms }: Pick<ConceptCandidate, "nearest" | "atoms">, query: QueryMeaning) {
  const leading = [...new Set(nearest)];
  const others = [...atoms.keys()].filter((string) => !leading.includes(string));
  others.sort((a, b) => Math.max(...b.cosines) - Math.max(...a.cosines) || (a.id < b.id ? -1 : 1));
  const names = [...leading, ...others].map(({ record }) => record);
  return conceptDifferences(query, names, leading.length);
}

/** What encoders say of a concept that differs: near, but never the same. */
function capped(opinions: readonly EncoderOpinion[]): EncoderOpinion[] {
  return opinions.map((opinion) => ({
    ...opinion,
    grade: Math.min(opinion.grade, MAX_DIFFERING_GRADE),
    rating: Math.min(opinion.rating, MAX_DIFFERING_RATING),
  }));
}

function groupByConcept({
  query,
  evidence,
  retrievers,
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
    const nearest = retrievers.map((_, retriever) => nearestString([...atoms.keys()], retriever));
    const defined = described?.get(id) ?? [];
    const standing = retrievers.map((own) => popularityShare(own.standing, summary.standing));
    const worths = retrievers.map(({ definitions }, retriever) => {
      const shares = [definitionShare(definitions, defined[retriever]), standing[retriever]!];
      return worth(nearest[retriever]!.cosines[retriever]!, shares);
    });
    const opinions = retrievers.map(({ calibrator }, retriever): EncoderOpinion => {
      const cosine = nearest[retriever]!.cosines[retriever]!;
      return {
        cosine,
        grade: calibrator.grade(worths[retriever]!),
        rating: calibrator.rating(worths[retriever]!),
      };
    });
    const ids = new Set(Array.from(atoms.keys(), (string) => string.id));
    const own = matched.filter(({ ref, cuis }) => ids.has(ref.id) && cuis.includes(id));
    const best = own.toSorted((a, b) => TIER_ORDER.indexOf(a.tier) - TIER_ORDER.indexOf(b.tier));
    const tier = best[0]?.tier ?? "semantic";
    const concept = {
      id,
      opinions,
      nearest,
      defined,
      standing,
      worth: worths,
      atoms,
      summary,
      tier,
      matched: best,
    };
    // Only where it would be called the same does it cost to look.
    const isSure = !isNamed(concept) && opinions.some(({ rating }) => rating > MAX_DIFFERING_RATING);
    return isSure && differencesOf(concept, query).length > 0
      ? { ...concept, opinions: capped(opinions) }
      : concept;
  });
}

function nearestString(strings: readonly StringEvidence[], retriever: number): StringEvidence {
  return strings.reduce((best, s) =>
    s.cosines[retriever]! > best.cosines[retriever]! ||
    (s.cosines[retriever] === best.cosines[retriever] && s.id < best.id)
      ? s
      : best,
  );
}

/** Place of each concept in one encoder's own order. */
function ranksOf(concepts: readonly ConceptCandidate[], retriever: number): Map<string, number> {
  const ordered = [...concepts].sort(
    (a, b) => b.worth[retriever]! - a.worth[retriever]! || (a.id < b.id ? -1 : 1),
  );
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
  { retrievers, explain }: RankInput,
): SearchResult {
  const matchType = concept.tier;
  const rating = matchType === "exact" || matchType === "normalized" ? 5 : bestRating(concept);
  const shown = shownString(concept);
  const atom = bestAtom(concept.atoms.get(shown)!);
  const scores: Record<string, EncoderScore> = {};
  for (const [retriever, { encoder }] of retrievers.entries()) {
    const { cosine, rating: own } = concept.opinions[retriever]!;
    scores[encoder.folder.manifest.id] = {
      cosine: rounded(cosine),
      rank: ranks[retriever]!.get(concept.id)!,
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
    ...(explain ? { explanation: explanationOf(concept, retrievers), matches: matchesOf(concept) } : {}),
  };
}

/** What each encoder saw of the concept, for people. */
function explanationOf(
  { nearest, defined, standing, opinions }: ConceptCandidate,
  retrievers: readonly EncoderRetriever[],
): NonNullable<SearchResult["explanation"]> {
  return retrievers.map(({ encoder, standing: heeded }, retriever) => {
    const { cosine, grade } = opinions[retriever]!;
    const string = nearest[retriever]!;
    const definition = defined[retriever];
    return {
      encoder: encoder.folder.manifest.id,
      string: string.record.text,
      cosine: rounded(cosine),
      grade: Number(grade.toFixed(4)),
      candidate: string.candidate[retriever]!,
      ...(definition ? { definition: { text: definition.text, cosine: rounded(definition.cosine) } } : {}),
      ...(heeded ? { standing: rounded(standing[retriever]!) } : {}),
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
