import { type ChoiceExample, choiceProbabilities, fitChoiceModel } from "./choice-model.ts";
import type { MatcherModel } from "./matcher.ts";
import { PAIR_FEATURES } from "./pair-features.ts";
import { type JudgedAnswer, thresholdForF1, thresholdForPrecision } from "./threshold.ts";

/** A training entry. */
export interface MatcherExample extends ChoiceExample {
  /** Whether there was a right concept to be found. */
  isThere: boolean;
}

const FOLDS = 5;
const RIDGE = 1;
const BINS = 10;

/**
 * A conditional logit over the candidates of all examples, judged by models that had not seen the entry (five folds).
 * `wanted`: the precision that the choice for precision is to reach.
 */
export function fitMatcher(
  examples: readonly MatcherExample[],
  origin: string,
  wanted: number,
): MatcherModel {
  const answers: JudgedAnswer[] = [];
  const pairs: { probability: number; right: boolean }[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = fitted(examples.filter((_, i) => i % FOLDS !== fold));
    for (const { rows, right } of examples.filter((_, i) => i % FOLDS === fold)) {
      if (rows.length === 0) continue;
      const probabilities = choiceProbabilities(model, rows);
      pairs.push(...probabilities.map((probability, i) => ({ probability, right: i === right })));
      const probability = Math.max(...probabilities);
      answers.push({ probability, isRight: probabilities.indexOf(probability) === right });
    }
  }
  const there = examples.filter(({ isThere }) => isThere).length;
  const highest = answers.map(({ probability }) => probability);
  return {
    origin,
    features: [...PAIR_FEATURES],
    ...fitted(examples),
    f1: resultAt(answers, there, thresholdForF1(answers, there)),
    precision: { ...resultAt(answers, there, thresholdForPrecision(highest, wanted)), wanted },
    reliability: reliability(pairs),
  };
}

/** From the nearest likeness of two names to the farthest. */
const NAMED: readonly (typeof PAIR_FEATURES)[number][] = [
  "term is its string",
  "term is its string but for the writing",
  "term has its string's words",
];

/**
 * The fit, in which a nearer likeness never counts for less than one that is less near: a release names few things twice
 * but for the writing, so examples of that are rare, or none.
 */
function fitted(examples: readonly MatcherExample[]): ReturnType<typeof fitChoiceModel> {
  const model = fitChoiceModel(examples, RIDGE);
  const weights = [...model.weights];
  let least = 0;
  for (const name of NAMED.toReversed()) {
    const at = PAIR_FEATURES.indexOf(name);
    least = Math.max(least, weights[at]!);
    weights[at] = least;
  }
  return { ...model, weights };
}

/** `there`: how many right answers there could be. */
function resultAt(answers: readonly JudgedAnswer[], there: number, threshold: number): MatcherModel["f1"] {
  const taken = answers.filter(({ probability }) => probability >= threshold);
  const right = taken.filter(({ isRight }) => isRight).length;
  return {
    threshold,
    precision: right / Math.max(1, taken.length),
    recall: right / Math.max(1, there),
  };
}

function reliability(pairs: readonly { probability: number; right: boolean }[]): MatcherModel["reliability"] {
  return Array.from({ length: BINS }, (_, bin) => {
    const inside = pairs.filter(
      ({ probability }) => Math.min(BINS - 1, Math.floor(probability * BINS)) === bin,
    );
    const count = Math.max(1, inside.length);
    return {
      probability: inside.reduce((sum, pair) => sum + pair.probability, 0) / count,
      right: inside.filter(({ right }) => right).length / count,
      pairs: inside.length,
    };
  }).filter((bin) => bin.pairs > 0);
}
