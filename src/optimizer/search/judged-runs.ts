import type { Evaluation } from "../evaluation/evaluate-candidate.ts";
import type { JudgedRun } from "./footprint.ts";
import type { Judge } from "./judge.ts";
import type { PassRunner } from "./pass-runner.ts";
import type { Candidate } from "./run-search.ts";

/** Every run of a search by its key, those that were measured with what the judge says of them. */
export function judgedRuns(
  runner: PassRunner,
  { baseline, key: inputKey }: { baseline: Evaluation; key: string },
  judge: Judge,
  candidates: readonly Candidate[],
  chosen: Candidate,
): Map<string, JudgedRun> {
  const runs = new Map<string, JudgedRun>([...runner.used].map(([key, record]) => [key, { record }]));
  const front = new Set(judge.front(candidates.map((c) => c.evaluation.metrics)));
  const input = runs.get(inputKey);
  if (input) runs.set(inputKey, { ...input, metrics: baseline.metrics });
  for (const [i, { key, evaluation }] of candidates.entries()) {
    const { record } = runs.get(key)!;
    const goals = judge.goals(evaluation.metrics);
    runs.set(key, {
      record,
      metrics: evaluation.metrics,
      goals,
      isOnFront: front.has(i),
      isChosen: key === chosen.key,
    });
  }
  return runs;
}
