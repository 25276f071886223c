import type { ParallelSet } from "./datasets/parallel-sets.ts";
import { bootstrapMean, type Estimate } from "./metrics/bootstrap.ts";
import { averagePrecision, reciprocalRank } from "./metrics/ranking-scores.ts";

/** Scores of task 2 of DEFT 2020 (paper Table 2). */
export interface ParallelScores {
  sets: number;
  /** Paper Eq. 13. */
  map: Estimate;
  /** Sets whose first candidate is right. */
  accuracy: Estimate;
  mrr: number;
}

/**
 * `scores[set][candidate]`: how near each candidate is to the source. Candidates with equal scores stand in the order of
 * the file.
 */
export function parallelScores(
  sets: readonly ParallelSet[],
  scores: readonly (readonly number[])[],
): ParallelScores {
  const places = sets.map(({ candidates, right }, i) => {
    const order = [...candidates.keys()].sort((a, b) => scores[i]![b]! - scores[i]![a]! || a - b);
    return order.flatMap((candidate, place) =>
      right.includes(candidates[candidate]!.num) ? [place + 1] : [],
    );
  });
  const answers = sets.map(({ right }, i) => ({ places: places[i]!, wanted: right.length }));
  return {
    sets: sets.length,
    map: bootstrapMean(answers.map(averagePrecision)),
    accuracy: bootstrapMean(answers.map(({ places: found }) => Number(found.includes(1)))),
    mrr: answers.reduce((sum, answer) => sum + reciprocalRank(answer), 0) / answers.length,
  };
}
