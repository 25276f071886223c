import { meanGrade } from "../retrieval/complementarity.ts";
import type { SemanticType } from "../terminology/atom.ts";
import type { LexiconEntry } from "../terminology/lexicon.ts";
import { type ConceptCandidate, compareNames, type SameName, type Sighting } from "./concept-candidates.ts";

/** A concept that was chosen, with what every encoder sees of it. */
export interface ChosenConcept {
  cui: string;
  name: string;
  semanticTypes: SemanticType[];
  /** One per encoder, in the encoders' order. */
  sightings: Sighting[];
  same?: SameName;
  /** What reviewers rated it, where they did; the encoders' own ratings stay in the sightings. */
  human?: number;
}

/** The pair that an entry gets. */
export interface MergedPair {
  concept: ChosenConcept;
  /** 0 to 5. */
  rating: number;
  /** Index of the encoder that it comes from, `exact` for the very same name, or `human` for a reviewed pair. */
  source: number | "exact" | "human";
  /** The concept's string that matched. */
  string: string;
  /** Grade of the source from 0 to 1. */
  confidence: number;
  /** Who rated it, of a reviewed pair. */
  reviewers?: string[];
}

/** An entry of the lexicon with what was found for it. */
export interface AlignedEntry {
  entry: LexiconEntry;
  /** For each encoder the concept it ranks first (paper Eq. 11); undefined where nothing was found. */
  best: (ChosenConcept | undefined)[];
  /** The concept whose very name the term or a synonym is; in strong mode alone. */
  exact?: ChosenConcept;
  /** Set by the merge over the whole lexicon. */
  merged?: MergedPair;
}

/** What an encoder sees of the concept that it itself ranks first; undefined where it found nothing. */
export function ownSighting({ best }: AlignedEntry, encoder: number): Sighting | undefined {
  return best[encoder]?.sightings[encoder];
}

/** Chooses among an entry's candidates: each encoder's best, and the best of those that bear the very name. */
export function chooseConcepts(
  entry: LexiconEntry,
  candidates: readonly ConceptCandidate[],
  encoders: number,
): AlignedEntry {
  // One object per concept, so that it can be compared by identity and is kept once.
  const chosen = new Map<ConceptCandidate, ChosenConcept>();
  const choose = (candidate: ConceptCandidate): ChosenConcept => {
    const { cui, name, semanticTypes, sightings, same } = candidate;
    const known = chosen.get(candidate) ?? { cui, name, semanticTypes, sightings, ...(same ? { same } : {}) };
    chosen.set(candidate, known);
    return known;
  };
  const best = Array.from({ length: encoders }, (_, encoder) => {
    const first = candidates.find(({ sightings }) => sightings[encoder]!.rank === 1);
    return first && choose(first);
  });
  const named = candidates.filter(({ same }) => same).sort(byName);
  return { entry, best, ...(named[0] ? { exact: choose(named[0]) } : {}) };
}

function byName(a: ConceptCandidate, b: ConceptCandidate): number {
  return (
    compareNames(a.same!, b.same!) ||
    meanGradeOf(b) - meanGradeOf(a) ||
    b.support - a.support ||
    (a.cui < b.cui ? -1 : 1)
  );
}

/** Mean grade over the encoders, 0 to 5. */
export function meanGradeOf({ cui, sightings }: Pick<ConceptCandidate, "cui" | "sightings">): number {
  return meanGrade({ id: cui, opinions: sightings });
}
