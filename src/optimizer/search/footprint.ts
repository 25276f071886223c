import { directionOf, type MetricValues } from "../evaluation/metrics.ts";
import type { RunRecord } from "./content-cache.ts";
import type { GoalResult } from "./judge.ts";

/** One model of a search and where it came from; the names are those of Olive's `footprint.json`. */
export interface FootprintNode {
  model_id: string;
  parent_model_id: string | null;
  from_pass: string;
  pass_run_config: Readonly<Record<string, unknown>>;
  start_time: string;
  seconds: number;
  failure?: string;
  is_pareto_frontier: boolean;
  is_chosen: boolean;
  metrics: Record<string, { value: number; cmp_direction: 1 | -1; if_goals_met: boolean | null }> | null;
}

export interface JudgedRun {
  record: RunRecord;
  metrics?: MetricValues | undefined;
  goals?: readonly GoalResult[];
  isOnFront?: boolean;
  isChosen?: boolean;
}

/** Lineage and metrics of every model that a search made, by its id. */
export function footprint(runs: ReadonlyMap<string, JudgedRun>): Record<string, FootprintNode> {
  return Object.fromEntries(
    [...runs].map(([key, { record, metrics, goals = [], isOnFront = false, isChosen = false }]) => {
      const judged =
        metrics &&
        Object.fromEntries(
          Object.entries(metrics).map(([name, value]) => {
            const goal = goals.find(({ metric }) => metric === name);
            const direction = directionOf(name)?.higherIsBetter ? 1 : -1;
            return [
              name,
              { value, cmp_direction: direction, if_goals_met: goal ? goal.shortfall === 0 : null },
            ] as const;
          }),
        );
      const node: FootprintNode = {
        model_id: key,
        parent_model_id: record.parent,
        from_pass: record.pass,
        pass_run_config: record.parameters,
        start_time: record.startedAt,
        seconds: record.seconds,
        ...(record.failure === undefined ? {} : { failure: record.failure }),
        is_pareto_frontier: isOnFront,
        is_chosen: isChosen,
        metrics: judged ?? null,
      };
      return [key, node];
    }),
  );
}
