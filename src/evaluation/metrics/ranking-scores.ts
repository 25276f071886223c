/**
 * The places, from 1, of the right answers of one question in a ranked list; `wanted` counts all that are right, listed or
 * not.
 */
export interface RankedAnswers {
  places: readonly number[];
  wanted: number;
}

/**
 * Non-interpolated average precision of one question (the inner sum of paper Eq. 13): the precision at the place of each
 * right answer, over all right answers.
 */
export function averagePrecision({ places, wanted }: RankedAnswers): number {
  if (wanted === 0) return 0;
  const sorted = [...places].sort((a, b) => a - b);
  return sorted.reduce((sum, place, i) => sum + (i + 1) / place, 0) / wanted;
}

/** Mean average precision over questions (paper Eq. 13). */
export function meanAveragePrecision(questions: readonly RankedAnswers[]): number {
  return mean(questions.map(averagePrecision));
}

/** One over the place of the first right answer; 0 where there is none. */
export function reciprocalRank({ places }: Pick<RankedAnswers, "places">): number {
  return places.length === 0 ? 0 : 1 / Math.min(...places);
}

/** Whether a right answer is among the first k. */
export function isHit({ places }: Pick<RankedAnswers, "places">, k: number): boolean {
  return places.some((place) => place <= k);
}

/** NaN for no values. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
