/** Sureness of an answer that was given, and whether it was right. */
export interface JudgedAnswer {
  probability: number;
  isRight: boolean;
}

/** The threshold of the highest F1 on answers that were judged, `wanted` being how many right ones there could be; 1 where none is right. */
export function thresholdForF1(answers: readonly JudgedAnswer[], wanted: number): number {
  const sorted = [...answers].sort((a, b) => b.probability - a.probability);
  let [right, best, threshold] = [0, 0, 1];
  for (const [i, { probability, isRight }] of sorted.entries()) {
    right += Number(isRight);
    const f1 = (2 * right) / (i + 1 + wanted);
    if (f1 <= best || sorted[i + 1]?.probability === probability) continue;
    [best, threshold] = [f1, probability];
  }
  return threshold;
}

/**
 * The lowest threshold at which the expected precision of answers of these probabilities is at least `precision`; above every
 * probability where none is.
 */
export function thresholdForPrecision(probabilities: readonly number[], precision: number): number {
  const surestFirst = [...probabilities].sort((a, b) => b - a);
  let [right, threshold] = [0, 1];
  for (const [i, probability] of surestFirst.entries()) {
    right += probability;
    if (right / (i + 1) >= precision) threshold = probability;
  }
  return threshold;
}
