/** The scale of DEFT 2020, task 1, and of the paper's ratings. */
const LOWEST = 0;
const HIGHEST = 5;

/**
 * From what the largest possible distance in EDRM is measured. The scoring script of DEFT 2020 takes the end of the scale
 * that is farther from the system's `answer`; others read the definition as the end that is farther from the
 * `reference`.
 */
export type EdrmVariant = "answer" | "reference";

/**
 * EDRM (*exactitude en distance relative à la solution moyenne*, paper Eq. 12): the mean over all pairs of 1 − d/d_max,
 * where d is the distance of the answer from the reference. 1 is perfect. An answer outside of 0 to 5, or none (NaN),
 * counts as 0, as in the campaign. NaN for no pairs.
 */
export function edrm(
  answers: readonly number[],
  references: readonly number[],
  variant: EdrmVariant = "answer",
): number {
  if (answers.length !== references.length) throw new RangeError("as many answers as references are needed");
  return edrmTerms(answers, references, variant).reduce((sum, term) => sum + term, 0) / references.length;
}

/** The terms whose mean is EDRM. */
export function edrmTerms(
  answers: readonly number[],
  references: readonly number[],
  variant: EdrmVariant = "answer",
): number[] {
  return references.map((reference, i) => {
    const answer = answers[i]!;
    if (!(answer >= LOWEST && answer <= HIGHEST)) return 0;
    const from = variant === "answer" ? answer : reference;
    const largest = Math.max(from - LOWEST, HIGHEST - from);
    return 1 - Math.abs(answer - reference) / largest;
  });
}
