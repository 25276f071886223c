import { z } from "zod";

export const goalSchema = z.strictObject({
  type: z.enum([
    "threshold",
    "min-improvement",
    "percent-min-improvement",
    "max-degradation",
    "percent-max-degradation",
  ]),
  value: z.number(),
});

/** What a metric must reach, absolutely or beside the input model; the names and arithmetic are Olive's. */
export type Goal = z.output<typeof goalSchema>;

export interface Direction {
  higherIsBetter: boolean;
}

/**
 * The value that a metric must reach, given that of the input model (`baseline`): at least this where higher is
 * better, at most this where lower is.
 */
export function goalThreshold(
  { type, value }: Goal,
  baseline: number,
  { higherIsBetter }: Direction,
): number {
  const sign = higherIsBetter ? 1 : -1;
  switch (type) {
    case "threshold":
      return value;
    case "min-improvement":
      return baseline + sign * value;
    case "max-degradation":
      return baseline - sign * value;
    case "percent-min-improvement":
      return baseline * (1 + (sign * value) / 100);
    case "percent-max-degradation":
      return baseline * (1 - (sign * value) / 100);
  }
}

/** Why a goal can't be meant so; undefined where it can. */
export function goalProblem({ type, value }: Goal, { higherIsBetter }: Direction): string | undefined {
  if (type === "threshold") return undefined;
  if (value < 0) return `${type} ${value} is below 0`;
  const isShare =
    (type === "percent-min-improvement" && !higherIsBetter) ||
    (type === "percent-max-degradation" && higherIsBetter);
  if (isShare && !(value > 0 && value < 100)) return `${type} ${value} is not between 0 and 100 %`;
  return undefined;
}

/** How far a value is from a threshold, as a share of it: 0 where it is met. */
export function shortfall(value: number, threshold: number, { higherIsBetter }: Direction): number {
  const missing = higherIsBetter ? threshold - value : value - threshold;
  if (!Number.isFinite(value)) return Number.POSITIVE_INFINITY;
  return missing <= 0 ? 0 : missing / Math.max(Math.abs(threshold), 1e-12);
}
