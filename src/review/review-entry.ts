import type { TextField } from "../alignment/entry-texts.ts";

/** A concept that one encoder proposes for an entry. */
export interface ReviewCandidate {
  cui: string;
  name: string;
  /** String of the concept that the encoder found nearest. */
  string: string;
  cosine: number;
  /** 0 to 5, calibrated. */
  rating: number;
  /** Place among the encoder's candidates, from 1. */
  rank: number;
  /** The rating before it was rounded; absent where the alignment does not tell. */
  grade?: number | undefined;
  /** Text of the entry that was nearest; absent where the alignment does not tell. */
  field?: TextField | undefined;
}

/** The pair that the alignment gave an entry. */
export interface ReviewPair {
  cui: string;
  name: string;
  string: string;
  rating: number;
  /** Id of the encoder it comes from, `exact`, or `human` of an earlier review. */
  source: string;
  /** For `exact`: whether the name is the very same or the same but for its writing. */
  tier: "exact" | "normalized";
  confidence?: number | undefined;
  /** Whether it was taken for a mapping. */
  accepted: boolean;
}

/** An entry of the lexicon with what may be rated. */
export interface ReviewEntry {
  id: string;
  term: string;
  explanation?: string;
  lang?: string;
  synonyms: string[];
  /** The lexicon's other columns. */
  extra: Record<string, string>;
  /** Line in `alignments.csv`. */
  line: number;
  /** By encoder, best first. */
  candidates: Record<string, ReviewCandidate[]>;
  merged?: ReviewPair;
}

/** The pairs of an entry that ask for a rating: the alignment's own, then each encoder's first choice; each concept once. */
export function pairsToRate({ merged, candidates }: ReviewEntry): string[] {
  const first = Object.values(candidates).flatMap((list) => list.filter(({ rank }) => rank === 1));
  return [...new Set([...(merged ? [merged.cui] : []), ...first.map(({ cui }) => cui)])];
}
