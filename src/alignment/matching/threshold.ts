/** The probabilities of one entry's candidates, highest first. */
export type EntryProbabilities = readonly number[];

/**
 * The threshold of the highest F1 that is to be expected on a lexicon: with the entries taken from the surest one on, the
 * expected number of right pairs is the sum of their probabilities, and what there is to find is, of every entry, the
 * probability that any of its candidates is right. So a lexicon with few doubles is cut elsewhere than one with many, though
 * nobody has labelled either (Lipton, Elkan and Naryanaswamy 2014).
 */
export function thresholdForF1(entries: readonly EntryProbabilities[]): number {
  const wanted = entries.reduce((sum, list) => sum + Math.min(1, total(list)), 0);
  let [right, best, threshold] = [0, 0, 1];
  for (const [i, probability] of surestFirst(entries).entries()) {
    right += probability;
    const f1 = (2 * right) / (i + 1 + wanted);
    if (f1 <= best) continue;
    best = f1;
    threshold = probability;
  }
  return threshold;
}

/** The lowest threshold at which the expected precision is at least `precision`; above every probability where none is. */
export function thresholdForPrecision(entries: readonly EntryProbabilities[], precision: number): number {
  let [right, threshold] = [0, 1];
  for (const [i, probability] of surestFirst(entries).entries()) {
    right += probability;
    if (right / (i + 1) >= precision) threshold = probability;
  }
  return threshold;
}

function surestFirst(entries: readonly EntryProbabilities[]): number[] {
  return entries.flatMap(([first]) => first ?? []).sort((a, b) => b - a);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
