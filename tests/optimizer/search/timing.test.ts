import { describe, expect, test } from "vitest";
import { type Contestant, duel } from "../../../src/optimizer/evaluation/timing.ts";
import { RandomSource } from "../../../src/optimizer/search/random-source.ts";

const LIMITS = { minRounds: 5, maxRounds: 200, maxMs: 1e9, precision: 0.02 };

/** Two contestants on a clock of their own; `load` is what else the machine does, and slows both. */
function race(baselineMs: number, candidateMs: number, load: (now: number) => number) {
  let clock = 0;
  const order: string[] = [];
  const contestant = (name: string, ms: number): Contestant => ({
    run: () => {
      order.push(name);
      clock += ms * load(clock);
      return Promise.resolve();
    },
  });
  return {
    baseline: contestant("b", baselineMs),
    candidate: contestant("c", candidateMs),
    now: () => clock,
    order,
  };
}

describe("two that are timed in turns", () => {
  test("have the ratio of their times, known after few rounds where nothing disturbs", async () => {
    const { baseline, candidate, now } = race(10, 4, () => 1);
    const result = await duel(baseline, candidate, 3, LIMITS, now);
    expect(result.ratio).toBeCloseTo(0.4, 10);
    expect(result.isSignificant).toBe(true);
    expect(result.times.candidate).toHaveLength(5);
  });

  test("are both met by what else the machine does", async () => {
    // The machine becomes three times slower while they are timed: one after the other would be far off.
    const { baseline, candidate, now } = race(10, 5, (t) => 1 + 2 * Math.min(1, t / 2000));
    const { ratio } = await duel(baseline, candidate, 4, LIMITS, now);
    expect(Math.abs(ratio - 0.5)).toBeLessThan(0.02);
  });

  test("are repeated until the difference is significant", async () => {
    const random = new RandomSource(1);
    const { baseline, candidate, now } = race(10, 9.4, () => 1 + 0.3 * random.next());
    const result = await duel(baseline, candidate, 4, LIMITS, now);
    expect(result.isSignificant).toBe(true);
    expect(result.times.candidate.length).toBeGreaterThan(5);
    expect(result.interval[0]).toBeLessThan(0.94);
    expect(result.interval[1]).toBeGreaterThan(0.94);
  });

  test("are not told apart where they are the same", async () => {
    const random = new RandomSource(2);
    const { baseline, candidate, now } = race(10, 10, () => 1 + 0.3 * random.next());
    const result = await duel(baseline, candidate, 4, { ...LIMITS, maxMs: 20_000 }, now);
    expect(Math.abs(result.ratio - 1)).toBeLessThan(0.01);
    expect(result.isSignificant).toBe(false);
  });

  test("change their order every round, after a warm-up of both", async () => {
    const { baseline, candidate, now, order } = race(10, 10, () => 1);
    await duel(baseline, candidate, 1, { ...LIMITS, maxRounds: 4 }, now);
    expect(order.join("")).toBe("bc bc cb bc cb".replaceAll(" ", ""));
  });

  test("count each task by its weight", async () => {
    const { baseline, candidate, now } = race(10, 10, () => 1);
    const halved = { ...candidate, weight: () => 0.5 };
    expect((await duel(baseline, halved, 2, LIMITS, now)).ratio).toBeCloseTo(0.5, 10);
  });
});
