import { quantile } from "../metrics/bootstrap.ts";
import type { GradedCosine } from "./isotonic-fit.ts";

/** How the cosines of the pairs of one grade are spread. */
export interface GradeQuantiles {
  grade: number;
  pairs: number;
  /** 5 %, 25 %, 50 %, 75 % and 95 % of the pairs have at most this cosine. */
  cosines: [number, number, number, number, number];
}

/** For each point of the scale that any pair has, the spread of the cosines. */
export function gradeQuantiles(pairs: readonly GradedCosine[]): GradeQuantiles[] {
  const cosines = new Map<number, number[]>();
  for (const { cosine, grade } of pairs) {
    const list = cosines.get(Math.round(grade));
    if (list) list.push(cosine);
    else cosines.set(Math.round(grade), [cosine]);
  }
  return [...cosines]
    .sort(([a], [b]) => a - b)
    .map(([grade, list]) => {
      list.sort((a, b) => a - b);
      const at = (share: number): number => Math.round(quantile(list, share) * 1e4) / 1e4;
      return { grade, pairs: list.length, cosines: [at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)] };
    });
}
