export interface ClassScores {
  precision: number;
  recall: number;
  f1: number;
  /** Items of the class in the reference. */
  support: number;
}

/** Accuracy and, over the classes, the means of precision, recall and F1, as scikit-learn's classification report. */
export interface ClassificationScores {
  accuracy: number;
  perClass: Record<string, ClassScores>;
  macro: Omit<ClassScores, "support">;
  /** Weighted by support. */
  weighted: Omit<ClassScores, "support">;
}

/** What has no items at all counts as 0, as with scikit-learn's `zero_division=0`. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Scores of answered classes against the reference's; classes that neither has are left out. */
export function classificationScores<C extends string | number>(
  answers: readonly C[],
  references: readonly C[],
): ClassificationScores {
  if (answers.length !== references.length) throw new RangeError("as many answers as references are needed");
  const classes = [...new Set([...references, ...answers])].sort((a, b) => (a < b ? -1 : 1));
  const perClass = Object.fromEntries(
    classes.map((label) => [
      String(label),
      binaryScores(
        answers.map((answer) => answer === label),
        references.map((reference) => reference === label),
      ),
    ]),
  );
  const scores = Object.values(perClass);
  const averaged = (weightOf: (score: ClassScores) => number): Omit<ClassScores, "support"> => {
    const whole = scores.reduce((sum, score) => sum + weightOf(score), 0);
    const mean = (key: "precision" | "recall" | "f1"): number =>
      share(
        scores.reduce((sum, score) => sum + weightOf(score) * score[key], 0),
        whole,
      );
    return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
  };
  const right = answers.filter((answer, i) => answer === references[i]).length;
  return {
    accuracy: share(right, references.length),
    perClass,
    macro: averaged(() => 1),
    weighted: averaged(({ support }) => support),
  };
}

/** Precision, recall and F1 of the positives. */
export function binaryScores(answers: readonly boolean[], references: readonly boolean[]): ClassScores {
  const support = references.filter(Boolean).length;
  const answered = answers.filter(Boolean).length;
  const right = answers.filter((answer, i) => answer && references[i]).length;
  return { ...f1Of(right, answered, support), support };
}

/** Precision, recall and F1 from counts: what is right, what was answered, what there is to find. */
export function f1Of(right: number, answered: number, wanted: number): Omit<ClassScores, "support"> {
  const precision = share(right, answered);
  const recall = share(right, wanted);
  return { precision, recall, f1: share(2 * precision * recall, precision + recall) };
}
