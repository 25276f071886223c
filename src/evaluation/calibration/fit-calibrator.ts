import { spearman } from "../metrics/correlation.ts";
import { edrm } from "../metrics/edrm.ts";
import { seededRandom, shuffled } from "../metrics/seeded-random.ts";
import { type GradedCosine, isotonicFit } from "./isotonic-fit.ts";
import { interpolate } from "./regression/interpolate.ts";
import { fitMinMax } from "./regression/min-max.ts";
import { fitCubic, fitLinear } from "./regression/polynomial.ts";
import { fitRandomForest } from "./regression/random-forest.ts";
import { cosineRange, type RegressionFit, type Regressor } from "./regression/regressor.ts";
import { fitSvr } from "./regression/support-vectors.ts";

/** How a cosine can become a grade: min-max scaling, the four regressions of the paper's Fig. 3, and isotonic. */
export const CALIBRATION_METHODS = ["min-max", "linear", "svr", "forest", "cubic", "isotonic"] as const;
export type CalibrationMethod = (typeof CALIBRATION_METHODS)[number];

const FITS: Readonly<Record<Exclude<CalibrationMethod, "isotonic">, RegressionFit>> = {
  "min-max": fitMinMax,
  linear: fitLinear,
  svr: (pairs) => fitSvr(pairs),
  forest: (pairs) => fitRandomForest(pairs),
  cubic: fitCubic,
};

/** A point of a calibrator: a cosine and its grade. */
export type CalibratorPoint = [cosine: number, grade: number];

/** How well a method foretells the grades of pairs that it has not seen. */
interface MethodQuality {
  /** Root of the mean squared error, in grades. */
  rmse: number;
  /** Paper Eq. 12. */
  edrm: number;
  spearman: number;
  /** Share of the pairs whose grade, rounded, is right. */
  sameRating: number;
}

export interface FittedMethod extends MethodQuality {
  method: CalibrationMethod;
  points: CalibratorPoint[];
}

/** All methods fitted on the pairs, each judged by cross-validation. Best first: the smallest error. */
export function fitCalibrators(
  pairs: readonly GradedCosine[],
  { folds = 5, seed = 1 }: { folds?: number; seed?: number } = {},
): FittedMethod[] {
  const grades = pairs.map(({ grade }) => grade);
  return CALIBRATION_METHODS.map((method) => ({
    method,
    ...qualityOf(crossValidated(pairs, method, { folds, seed }), grades),
    points: wholeScale(calibratorPoints(pairs, method), pairs),
  })).sort((a, b) => a.rmse - b.rmse);
}

/** Grades, 0 to 5, that a method gives to each pair when it is fitted on the other folds alone. */
export function crossValidated(
  pairs: readonly GradedCosine[],
  method: CalibrationMethod,
  { folds, seed }: { folds: number; seed: number },
): number[] {
  const order = shuffled([...pairs.keys()], seededRandom(seed));
  const answers = new Array<number>(pairs.length);
  for (let fold = 0; fold < folds; fold++) {
    const isHeldOut = new Uint8Array(pairs.length);
    for (let i = fold; i < order.length; i += folds) isHeldOut[order[i]!] = 1;
    const curve = fitCurve(
      pairs.filter((_, i) => !isHeldOut[i]),
      method,
    );
    for (const [i, { cosine }] of pairs.entries()) if (isHeldOut[i]) answers[i] = curve(cosine);
  }
  return answers;
}

/** A method fitted on the pairs, as the calibrator that it becomes will grade: by its points. */
export function fitCurve(pairs: readonly GradedCosine[], method: CalibrationMethod): Regressor {
  const points = calibratorPoints(pairs, method);
  return (cosine) => interpolate(points, cosine);
}

function qualityOf(answers: readonly number[], grades: readonly number[]): MethodQuality {
  const squares = answers.reduce((sum, answer, i) => sum + (answer - grades[i]!) ** 2, 0);
  const same = answers.filter((answer, i) => Math.round(answer) === Math.round(grades[i]!)).length;
  return {
    rmse: Math.sqrt(squares / answers.length),
    edrm: edrm(answers, grades),
    spearman: spearman(answers, grades).r,
    sameRating: same / answers.length,
  };
}

const GRID = 32;

/**
 * A method as the points of a calibrator (`encoder.json`): grades from 0 to 5 that never fall. Curves that fall somewhere,
 * as a cubic may, are levelled there, each stretch by the weight of the pairs that lie in it. Beyond the cosines seen
 * the last point is that of equal texts, cosine 1, grade 5.
 */
export function calibratorPoints(
  pairs: readonly GradedCosine[],
  method: CalibrationMethod,
): CalibratorPoint[] {
  const { low, high } = cosineRange(pairs);
  if (method === "isotonic") return isotonicFit(pairs);
  const curve = FITS[method](pairs);
  const weights = new Float64Array(GRID + 1).fill(1);
  for (const { cosine } of pairs) weights[Math.round(((cosine - low) / (high - low)) * GRID)]!++;
  const levels = Array.from({ length: GRID + 1 }, (_, i) => {
    const cosine = low + ((high - low) * i) / GRID;
    return { cosine, grade: Math.max(0, Math.min(5, curve(cosine))), weight: weights[i]! };
  });
  const points = risen(levels).map(({ cosine, grade }): CalibratorPoint => [round(cosine), round(grade)]);
  if (points.at(-1)![0] < 1) points.push([1, 5]);
  return points.filter(([cosine], i) => i === 0 || cosine > points[i - 1]![0]);
}

/** Grades that a calibrator's points rise by, from unrelated texts to equal ones, beside what the fit says. */
const RISE = 4;
// One pair in eleven of a release's is of strings drawn at random: this share of all lies about the middle of those.
const UNRELATED_SHARE = 0.05;

/**
 * The points drawn out over the whole scale: unrelated texts get 0, equal ones 5. A release grades
 * names of one thing 0 where its sources do not know of each other, so a fit to its pairs never comes near 5. Between the
 * two the grade always rises, so that a difference of cosines is one of grades too: where a fit is level, a merge could
 * not tell candidates apart.
 */
function wholeScale(points: readonly CalibratorPoint[], pairs: readonly GradedCosine[]): CalibratorPoint[] {
  const seen = pairs.map(({ cosine }) => cosine).sort((a, b) => a - b);
  const low = seen[Math.floor(UNRELATED_SHARE * seen.length)]!;
  const at = (cosine: number): number =>
    interpolate(points, cosine) + (RISE * Math.max(0, cosine - low)) / Math.max(1e-6, 1 - low);
  const cosines = [
    low,
    ...points.map(([cosine]) => cosine).filter((cosine) => cosine > low && cosine < 1),
    1,
  ];
  const [least, most] = [at(low), at(1)];
  return cosines.map((cosine) => [round(cosine), round((5 * (at(cosine) - least)) / (most - least))]);
}

interface Level {
  cosine: number;
  grade: number;
  weight: number;
}

/** The nearest grades that never fall (pool adjacent violators). */
function risen(levels: readonly Level[]): Level[] {
  const pools: { grade: number; weight: number; count: number }[] = [];
  for (const { grade, weight } of levels) {
    let pool = { grade, weight, count: 1 };
    for (let last = pools.at(-1); last && last.grade > pool.grade; last = pools.at(-1)) {
      pools.pop();
      const weightOfBoth = last.weight + pool.weight;
      pool = {
        grade: (last.grade * last.weight + pool.grade * pool.weight) / weightOfBoth,
        weight: weightOfBoth,
        count: last.count + pool.count,
      };
    }
    pools.push(pool);
  }
  const grades = pools.flatMap(({ grade, count }) => new Array<number>(count).fill(grade));
  return levels.map((level, i) => ({ ...level, grade: grades[i]! }));
}

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
