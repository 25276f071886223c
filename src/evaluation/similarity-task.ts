import {
  CALIBRATION_METHODS,
  type CalibrationMethod,
  crossValidated,
  fitCurve,
} from "./calibration/fit-calibrator.ts";
import type { GradedCosine } from "./calibration/isotonic-fit.ts";
import { POSITIVE_FROM } from "./datasets/similarity-pairs.ts";
import { bootstrap, bootstrapMean, type Estimate } from "./metrics/bootstrap.ts";
import { binaryScores, type ClassScores, classificationScores } from "./metrics/classification-scores.ts";
import { type Correlation, pearson, spearman } from "./metrics/correlation.ts";
import { edrm, edrmTerms } from "./metrics/edrm.ts";

/** Scores of grades against the marks of people: task 1 of DEFT 2020 and paper Tables 1 and 3. */
export interface SimilarityScores {
  pairs: number;
  /** Paper Eq. 12, as the campaign's script computes it. */
  edrm: Estimate;
  /** The other reading of Eq. 12; see `edrm.ts`. */
  edrmByReference: number;
  spearman: Correlation & { low: number; high: number };
  pearson: Correlation;
  /** With grades and marks rounded to the six points of the scale. */
  sixPoints: { accuracy: number; precision: number; recall: number; f1: number };
  /** Similar (2.5 and more) or not. */
  binary: ClassScores & { accuracy: number };
}

/** What grades, 0 to 5, are worth against marks. */
export function similarityScores(grades: readonly number[], marks: readonly number[]): SimilarityScores {
  const six = classificationScores(grades.map(Math.round), marks.map(Math.round));
  const [answers, references] = [grades, marks].map((list) => list.map((grade) => grade >= POSITIVE_FROM));
  const interval = bootstrap(grades.length, (items) => {
    const drawn = Array.from(items);
    return spearman(
      drawn.map((i) => grades[i]!),
      drawn.map((i) => marks[i]!),
    ).r;
  });
  return {
    pairs: grades.length,
    edrm: bootstrapMean(edrmTerms(grades, marks)),
    edrmByReference: edrm(grades, marks, "reference"),
    spearman: { ...spearman(grades, marks), low: interval.low, high: interval.high },
    pearson: pearson(grades, marks),
    sixPoints: { accuracy: six.accuracy, ...six.weighted },
    binary: {
      accuracy: answers!.filter((answer, i) => answer === references![i]).length / answers!.length,
      ...binaryScores(answers!, references!),
    },
  };
}

export interface MethodScores extends SimilarityScores {
  method: CalibrationMethod;
}

/**
 * Each way from cosine to grade: fitted on the training pairs where there are some, else cross-validated in ten folds on
 * the pairs themselves. Min-max scaling alone is fitted on the very pairs that it scales, for it looks at no mark
 * (appendix B: "in accordance with the range of outputs obtained during an initial inference on t1-test").
 */
export function scoreMethods(
  pairs: readonly GradedCosine[],
  training?: readonly GradedCosine[],
): { scores: MethodScores[]; grades: Record<CalibrationMethod, number[]> } {
  const marks = pairs.map(({ grade }) => grade);
  const graded = CALIBRATION_METHODS.map((method) => [method, gradesBy(method, pairs, training)] as const);
  return {
    scores: graded.map(([method, grades]) => ({ method, ...similarityScores(grades, marks) })),
    grades: Object.fromEntries(graded) as Record<CalibrationMethod, number[]>,
  };
}

function gradesBy(
  method: CalibrationMethod,
  pairs: readonly GradedCosine[],
  training: readonly GradedCosine[] | undefined,
): number[] {
  if (!training && method !== "min-max") return crossValidated(pairs, method, { folds: 10, seed: 1 });
  const curve = fitCurve(method === "min-max" ? pairs : training!, method);
  return pairs.map(({ cosine }) => curve(cosine));
}

/** Mean of several encoders' grades, pair by pair. */
export function meanGrades(grades: readonly (readonly number[])[]): number[] {
  return grades[0]!.map((_, i) => grades.reduce((sum, list) => sum + list[i]!, 0) / grades.length);
}
