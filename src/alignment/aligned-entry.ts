import { meanGrade } from "../retrieval/rank/complementarity.ts";
import type { NameDifference } from "../retrieval/rank/concept-differences.ts";
import type { SemanticType } from "../terminology/atom.ts";
import type { LexiconEntry } from "../terminology/lexicon/lexicon.ts";
import {
  type ConceptCandidate,
  compareNames,
  type EncoderMatch,
  type SameName,
} from "./concept-candidates.ts";

/** A concept that an entry may be, with what every encoder sees of it. */
export interface ChosenConcept {
  cui: string;
  name: string;
  semanticTypes: SemanticType[];
  /** One per encoder, in the encoders' order. */
  sightings: EncoderMatch[];
  same?: SameName;
  /** In what the entry's term and the concept's nearest names differ; never is such a pair taken for an equivalence. */
  differs?: readonly NameDifference[];
  /** Other concepts of the very name, where it has several senses and nothing decides between them; of the strong mode. */
  rivals?: readonly string[];
  /** What reviewers rated it, where they did; the encoders' own ratings stay in the sightings. */
  human?: number;
  /** That the pair is right; in strong mode alone. */
  probability?: number;
}

/** A pair of an entry and a concept. */
export interface MergedPair {
  concept: ChosenConcept;
  /** 0 to 5. */
  rating: number;
  /** Index of the encoder that it comes from, `exact` for the very same name, or `human` for a reviewed pair. */
  source: number | "exact" | "human";
  /** The concept's string that matched. */
  string: string;
  /** From 0 to 1: the probability in strong mode, else the grade of the source. */
  confidence: number;
  /** Whether it is taken for a mapping; false for one that is shown as the best of what there is. */
  accepted: boolean;
  /** Who rated it, of a reviewed pair. */
  reviewers?: string[];
}

/** An entry of the lexicon with what was found for it. */
export interface AlignedEntry {
  entry: LexiconEntry;
  /** What was found, likest first; the merged pair's concept first. */
  candidates: ChosenConcept[];
  /** For each encoder the concept it ranks first (paper Eq. 11); undefined where nothing was found. */
  best: (ChosenConcept | undefined)[];
  /** The concept whose very name the term or a synonym is; in strong mode alone. */
  exact?: ChosenConcept;
  /** The pair of the paper's merge, from the encoders alone. */
  complementary?: MergedPair;
  /** The pair that the entry gets: in plain mode that of the paper's merge. */
  merged?: MergedPair;
}

/** What an encoder sees of the concept that it itself ranks first; undefined where it found nothing. */
export function ownSighting({ best }: AlignedEntry, encoder: number): EncoderMatch | undefined {
  return best[encoder]?.sightings[encoder];
}

/** An entry with each encoder's best candidate, and the best of those that bear the very name. */
export function alignedEntry(
  entry: LexiconEntry,
  candidates: ConceptCandidate[],
  encoders: number,
): AlignedEntry {
  const best = Array.from({ length: encoders }, (_, encoder) =>
    candidates.find(({ sightings }) => sightings[encoder]!.rank === 1),
  );
  const [exact] = candidates.filter(({ same, differs }) => same && !differs).sort(byName);
  return { entry, candidates, best, ...(exact ? { exact } : {}) };
}

function byName(a: ConceptCandidate, b: ConceptCandidate): number {
  return (
    compareNames(a.same!, b.same!) ||
    (b.context ?? 0) - (a.context ?? 0) ||
    meanGradeOf(b) - meanGradeOf(a) ||
    b.support - a.support ||
    (a.cui < b.cui ? -1 : 1)
  );
}

/** Whether nothing speaks against a pair as an equivalence: its names don't differ, and the name has no other sense that it may have. */
export function mayBeTaken({ differs, rivals }: ChosenConcept): boolean {
  return differs === undefined && rivals === undefined;
}

/** Mean grade over the encoders, 0 to 5. */
export function meanGradeOf({ cui, sightings }: Pick<ChosenConcept, "cui" | "sightings">): number {
  return meanGrade({ id: cui, opinions: sightings });
}
