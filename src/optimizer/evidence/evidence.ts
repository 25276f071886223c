import type { Evaluation } from "../evaluation/evaluate-candidate.ts";
import type { GoalResult } from "../search/judge.ts";
import type { Candidate } from "../search/run-search.ts";
import type { Target } from "../target.ts";
import type { QuantizationDebug } from "./quantization-debug.ts";

/** One candidate as the report shows it. */
export interface ReportedCandidate extends Candidate {
  /** 1, 2, …: the order in which they were tried. */
  number: number;
  goals: readonly GoalResult[];
  isOnFront: boolean;
  isChosen: boolean;
}

/** All that `report.html` tells. */
export interface Evidence {
  encoder: string;
  base: string;
  version: string;
  target: Target;
  threads: number;
  /** Strings that scales were set with, and others that candidates were judged with. */
  strings: { calibration: number; evaluation: number };
  baseline: Evaluation;
  candidates: readonly ReportedCandidate[];
  failures: readonly { steps: Candidate["steps"]; reason: string }[];
  ended: string;
  debug: QuantizationDebug;
  /** Where energy was read, or why it was not. */
  energy: string;
}
