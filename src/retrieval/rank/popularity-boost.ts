import type { ConceptStanding } from "../../terminology/concept.ts";

/** What an encoder makes of how well known a concept is. */
export interface PopularityBoost {
  by: keyof ConceptStanding;
  weight: number;
  /** What is usual in the release: the mean over its strings. */
  usual: number;
}

// A concept of a thousand names is not meant a hundred times as often as one of ten.
const FARTHEST = 3;

/**
 * Of what a concept's nearest string lacks of 1, the share that its standing makes up; below 0 for a concept that is less
 * known than is usual, which lowers what its string is worth.
 */
export function popularityShare(
  retriever: PopularityBoost | undefined,
  standing: ConceptStanding | undefined,
): number {
  if (!retriever || !standing) return 0;
  const above = standing[retriever.by] - retriever.usual;
  return retriever.weight * Math.max(-FARTHEST, Math.min(FARTHEST, above));
}
