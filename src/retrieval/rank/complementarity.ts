/** What one encoder says of one candidate. */
export interface EncoderOpinion {
  cosine: number;
  /** 0 to 5. */
  rating: number;
  /** The rating before it was rounded. */
  grade: number;
}

/** A candidate with the opinions of the encoders, in the encoders' order. */
export interface Candidate {
  id: string;
  opinions: readonly (EncoderOpinion | undefined)[];
}

/**
 * The paper's complementarity merge (§1): all that one encoder rates 5, then what the other rates 5 and is not there
 * yet, then 4, and so down.
 *
 * Which encoder goes first is open in the paper; here it is the one that, for this query, gives its best rating to the
 * candidate that both together grade highest. Within a step candidates stand by their mean grade, then by their mean cosine,
 * then by id, so that the order depends on nothing but the opinions.
 */
export function mergeByComplementarity<C extends Candidate>(candidates: readonly C[]): C[] {
  const encoders = Math.max(0, ...candidates.map((c) => c.opinions.length));
  const ordered = [...candidates].sort((a, b) => bestRating(b) - bestRating(a) || byMeanGrade(a, b));
  const top = ordered[0];
  if (!top) return [];
  const lead = top.opinions.findIndex((opinion) => opinion?.rating === bestRating(top));
  const order = [lead, ...Array.from({ length: encoders }, (_, e) => e).filter((e) => e !== lead)];
  const merged = new Set<C>();
  for (let rating = 5; rating >= 0; rating--) {
    for (const encoder of order) {
      for (const candidate of ordered)
        if (candidate.opinions[encoder]?.rating === rating) merged.add(candidate);
    }
  }
  return [...merged];
}

/** The highest rating that any encoder gives: the place where the merge takes the candidate up. */
export function bestRating({ opinions }: Candidate): number {
  return opinions.reduce((best, opinion) => Math.max(best, opinion?.rating ?? 0), 0);
}

function byMeanGrade(a: Candidate, b: Candidate): number {
  return meanGrade(b) - meanGrade(a) || cosines(b) - cosines(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function cosines({ opinions }: Candidate): number {
  return opinions.reduce((sum, opinion) => sum + (opinion?.cosine ?? 0), 0);
}

/** Mean over all encoders; one that has no opinion counts as 0. */
export function meanGrade({ opinions }: Candidate): number {
  return opinions.reduce((sum, opinion) => sum + (opinion?.grade ?? 0), 0) / Math.max(1, opinions.length);
}
