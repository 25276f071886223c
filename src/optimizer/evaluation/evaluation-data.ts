import { RandomSource } from "../search/random-source.ts";

/** Strings for the two purposes that must not meet: setting scales, and judging what came out. */
export interface SplitStrings {
  calibration: string[];
  evaluation: string[];
}

/**
 * Draws calibration and evaluation strings from a list, of all lengths: each string once, none in both. Where the
 * list is short, calibration gets half of it.
 */
export function splitStrings(
  strings: readonly string[],
  wanted: { calibration: number; evaluation: number },
  seed: number,
): SplitStrings {
  const distinct = [...new Set(strings.map((text) => text.trim()))].filter((text) => text !== "");
  const random = new RandomSource(seed);
  for (let i = distinct.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [distinct[i], distinct[j]] = [distinct[j]!, distinct[i]!];
  }
  const calibration = Math.min(wanted.calibration, Math.ceil(distinct.length / 2));
  return {
    calibration: distinct.slice(0, calibration),
    evaluation: distinct.slice(calibration, calibration + wanted.evaluation),
  };
}

/** Token sequences, each once, without those that are calibrated with: two strings may be one to an encoder. */
export function distinctSequences(
  all: readonly number[][],
  calibration: readonly (readonly number[])[],
): number[][] {
  const seen = new Set(calibration.map((sequence) => sequence.join(" ")));
  const sequences: number[][] = [];
  for (const sequence of all) {
    const key = sequence.join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    sequences.push(sequence);
  }
  return sequences;
}
