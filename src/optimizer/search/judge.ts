import type { Criterion } from "../config/optimizer-config.ts";
import { directionOf, type MetricValues } from "../evaluation/metrics.ts";
import { goalThreshold, shortfall } from "./goals.ts";
import { compareByPriority, type Objective, paretoLayers } from "./pareto.ts";

/** How a candidate stands to one goal. */
export interface GoalResult {
  metric: string;
  value: number;
  threshold: number;
  /** What is missing, as a share of the threshold; 0 where the goal is met. */
  shortfall: number;
}

// What a repeated timing of the same graph differs by.
const TIMING_TOLERANCE = 0.03;

function isTimed(metric: string): boolean {
  return metric === "throughput" || metric.startsWith("latency.");
}

/** Judges candidates by criteria, beside the metrics of the input model. */
export class Judge {
  readonly #criteria: readonly Criterion[];
  readonly #baseline: MetricValues;
  /** What candidates are compared by, the weightiest first. */
  readonly objectives: readonly Objective[];

  constructor(criteria: readonly Criterion[], baseline: MetricValues) {
    this.#criteria = criteria;
    this.#baseline = baseline;
    this.objectives = criteria
      .filter(({ priority }) => priority > 0)
      .sort((a, b) => a.priority - b.priority)
      .map(({ metric }) => ({
        name: metric,
        higherIsBetter: directionOf(metric)!.higherIsBetter,
        ...(isTimed(metric) ? { tolerance: TIMING_TOLERANCE } : {}),
      }));
  }

  goals(metrics: MetricValues): GoalResult[] {
    return this.#criteria.flatMap(({ metric, goal }) => {
      if (!goal) return [];
      const direction = directionOf(metric)!;
      const value = metrics[metric] ?? Number.NaN;
      const threshold = goalThreshold(goal, this.#baseline[metric] ?? Number.NaN, direction);
      return [{ metric, value, threshold, shortfall: shortfall(value, threshold, direction) }];
    });
  }

  meetsGoals(metrics: MetricValues): boolean {
    return this.goals(metrics).every((goal) => goal.shortfall === 0);
  }

  /**
   * Places of candidates, the best first, as indices: those that meet all goals before the others, which follow by
   * what they miss; among the former layers of the Pareto front, within a layer by priority.
   */
  ranking(candidates: readonly MetricValues[]): number[] {
    const missing = candidates.map((metrics) =>
      this.goals(metrics).reduce((sum, goal) => sum + goal.shortfall, 0),
    );
    const met = candidates.flatMap((_, i) => (missing[i] === 0 ? [i] : []));
    const layers = paretoLayers(
      met.map((i) => candidates[i]!),
      this.objectives,
    );
    const byPriority = (a: number, b: number): number =>
      compareByPriority(candidates[a]!, candidates[b]!, this.objectives) || a - b;
    const good = layers.flatMap((layer) => layer.map((i) => met[i]!).sort(byPriority));
    const others = candidates.flatMap((_, i) => (missing[i] === 0 ? [] : [i]));
    return [...good, ...others.sort((a, b) => missing[a]! - missing[b]! || byPriority(a, b))];
  }

  /** The candidates that meet all goals and that no other of them dominates. */
  front(candidates: readonly MetricValues[]): number[] {
    const met = candidates.flatMap((metrics, i) => (this.meetsGoals(metrics) ? [i] : []));
    const [front = []] = paretoLayers(
      met.map((i) => candidates[i]!),
      this.objectives,
    );
    return front.map((i) => met[i]!);
  }
}
