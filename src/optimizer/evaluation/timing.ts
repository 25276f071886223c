import { confidence95, mean } from "../search/statistics.ts";

export interface TimingLimits {
  minRounds: number;
  maxRounds: number;
  /** No round starts after so long. */
  maxMs: number;
  /** Half width of the ratio's 95 % confidence interval that is good enough for two that clearly differ. */
  precision: number;
}

export const TIMING_DEFAULTS: TimingLimits = { minRounds: 5, maxRounds: 60, maxMs: 20_000, precision: 0.02 };

/** One that is timed. */
export interface Contestant {
  run(index: number): Promise<void>;
  /** What a millisecond of task `index` counts; 1 where it is left out. */
  weight?(index: number): number;
}

export interface Duel {
  /** Milliseconds, weighted, of every task of every round. */
  times: { baseline: number[][]; candidate: number[][] };
  /** Time of the candidate over that of the baseline, geometric mean of all rounds. */
  ratio: number;
  /** 95 % confidence interval of the ratio. */
  interval: [number, number];
  /** Whether the two differ, at 99.7 %: the question is put after every round, and would at 95 % be answered by chance. */
  isSignificant: boolean;
}

/**
 * Times two contestants in turns, the order changing every round, so that what else the machine does meets both. Ends
 * when the ratio is known to `precision` and differs from 1, or when the limits say so.
 */
export async function duel(
  baseline: Contestant,
  candidate: Contestant,
  count: number,
  limits: TimingLimits = TIMING_DEFAULTS,
  now: () => number = () => performance.now(),
): Promise<Duel> {
  const timed = async (contestant: Contestant): Promise<number[]> => {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = now();
      await contestant.run(i);
      times.push((now() - start) * (contestant.weight?.(i) ?? 1));
    }
    return times;
  };
  await timed(baseline); // warm-up
  await timed(candidate);
  const times: Duel["times"] = { baseline: [], candidate: [] };
  const logs: number[] = [];
  const start = now();
  for (let round = 0; round < limits.maxRounds; round++) {
    if (round >= limits.minRounds && (isKnown(logs, limits.precision) || now() - start > limits.maxMs)) break;
    if (round >= 2 && now() - start > limits.maxMs) break;
    const isEven = round % 2 === 0;
    const first = await timed(isEven ? baseline : candidate);
    const second = await timed(isEven ? candidate : baseline);
    const [b, c] = isEven ? [first, second] : [second, first];
    times.baseline.push(b);
    times.candidate.push(c);
    logs.push(Math.log(sum(c) / sum(b)));
  }
  const [middle, half] = [mean(logs), confidence95(logs)];
  const interval: [number, number] = [Math.exp(middle - half), Math.exp(middle + half)];
  return { times, ratio: Math.exp(middle), interval, isSignificant: differs(middle, half) };
}

/** They differ and it is known by how much; or they are so near that it no longer matters. */
function isKnown(logs: readonly number[], precision: number): boolean {
  const half = confidence95(logs);
  return half < precision && (differs(mean(logs), half) || half < precision / 4);
}

function differs(middle: number, half: number): boolean {
  return Math.abs(middle) > 1.5 * half;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
