import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Admission } from "../../search-api/guards/admission.ts";
import { MicroBatcher } from "../../search-api/guards/micro-batcher.ts";
import type { SearchCall } from "../../search-api/search-service.ts";
import { echo, gate } from "./support/fake-search.ts";

interface Asked {
  queries: readonly string[];
  shared: { k: number };
  call: SearchCall;
}

/** Searches behind a door with room for one, which a gate holds. */
function together({ waiting = 100, maxWaitMs = 60_000, most = 4 } = {}) {
  const admission = new Admission({ concurrent: 1, waiting, maxWaitMs });
  const asked: Asked[] = [];
  const waits: number[] = [];
  const held = gate();
  let answer = async ({ queries }: Asked) => echo({ queries, k: 1 });
  const searches = new MicroBatcher<{ k: number }>({
    admission,
    most,
    search(queries, shared, call) {
      const one = { queries: [...queries], shared, call };
      asked.push(one);
      return answer(one);
    },
    waited: (ms) => waits.push(ms),
    now: () => performance.now(),
  });
  void admission.run(new AbortController().signal, () => held.opened);
  return {
    admission,
    asked,
    waits,
    open: held.open,
    ask: (query: string, options: { k?: number; call?: Partial<SearchCall> } = {}) => {
      const { signal } = new AbortController();
      const call: SearchCall = { signal, remainingMs: () => 1_000, ...options.call };
      return searches.search(query, { k: options.k ?? 1 }, call);
    },
    answerBy: (next: typeof answer) => {
      answer = next;
    },
  };
}

describe("searches together", () => {
  test("are one search of those that wait and want the same, each with its own answer", async () => {
    const { ask, asked, waits, open } = together();
    const answers = [ask("a"), ask("b"), ask("c", { k: 2 }), ask("d")];
    await sleep(20);
    open();
    expect((await Promise.all(answers)).map(({ query }) => query)).toEqual(["a", "b", "c", "d"]);
    expect(asked.map(({ queries, shared }) => [queries, shared.k])).toEqual([
      [["a", "b", "d"], 1],
      [["c"], 2],
    ]);
    expect(waits.length).toBe(4);
    expect(Math.min(...waits)).toBeGreaterThan(10);
  });

  test("wait for nobody where there is room, and are at most so many", async () => {
    const { ask, asked, open } = together({ most: 2 });
    open();
    await sleep(1);
    expect((await ask("alone")).query).toBe("alone");
    const held = together({ most: 2 });
    const answers = ["a", "b", "c"].map((query) => held.ask(query));
    held.open();
    await Promise.all(answers);
    expect(asked.map(({ queries }) => queries)).toEqual([["alone"]]);
    expect(held.asked.map(({ queries }) => queries)).toEqual([["a", "b"], ["c"]]);
  });

  test("count each among those that wait", async () => {
    const { admission, ask, open } = together({ waiting: 2 });
    const answers = [ask("a"), ask("b")];
    expect(admission.waiting).toBe(2);
    await expect(ask("c")).rejects.toMatchObject({ code: "overloaded" });
    open();
    await Promise.all(answers);
    expect(admission.waiting).toBe(0);
    expect((await ask("c")).query).toBe("c");
  });

  test("go on without those that have gone, and are given up when all have", async () => {
    const { admission, ask, asked, open } = together();
    const [first, second] = [new AbortController(), new AbortController()];
    const left = ask("first", { call: { signal: first.signal } });
    const kept = ask("second", { call: { signal: second.signal } });
    first.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    const alone = ask("third", { k: 2, call: { signal: first.signal } });
    await expect(alone).rejects.toThrow("gone");
    expect(admission.waiting).toBe(1);
    open();
    expect((await kept).query).toBe("second");
    expect(asked.map(({ queries }) => queries)).toEqual([["second"]]);
  });

  test("tell the search that nobody waits any longer, and not before", async () => {
    const { ask, asked, answerBy, open } = together();
    const searching = gate();
    answerBy(async ({ queries }) => {
      await searching.opened;
      return echo({ queries, k: 1 });
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [first, second].map(({ signal }, i) => ask(`q${i}`, { call: { signal } }));
    for (const answer of answers) answer.catch(() => undefined);
    open();
    await sleep(5);
    const { signal } = asked[0]!.call;
    first.abort(new Error("first has gone"));
    expect(signal.aborted).toBe(false);
    second.abort(new Error("second has gone"));
    expect(signal.aborted).toBe(true);
    await expect(answers[0]).rejects.toThrow("first has gone");
    await expect(answers[1]).rejects.toThrow("second has gone");
    searching.open();
    // Who comes now is not with those that have gone.
    expect((await ask("q2")).query).toBe("q2");
  });

  test("have the time of the one who has most, and the same parts in their traces", async () => {
    const { ask, asked, answerBy, open } = together();
    answerBy(async ({ queries, call }) => {
      call.parts!.push({ name: "encode", startedMs: 0, ms: 1 });
      return echo({ queries, k: 1 });
    });
    const parts: { name: string }[][] = [[], []];
    const answers = [100, 900].map((ms, i) =>
      ask(`q${i}`, { call: { remainingMs: () => ms, parts: parts[i] as never } }),
    );
    open();
    await Promise.all(answers);
    expect(asked[0]!.call.remainingMs()).toBe(900);
    expect(parts.map((list) => list.map(({ name }) => name))).toEqual([["encode"], ["encode"]]);
  });

  test("fail together, and are refused together when they have waited too long", async () => {
    const { ask, answerBy, open } = together();
    answerBy(async () => {
      throw new Error("the store has failed");
    });
    const answers = [ask("a"), ask("b")];
    open();
    for (const answer of answers) await expect(answer).rejects.toThrow("the store has failed");
    const slow = together({ maxWaitMs: 20 });
    const waiting = [slow.ask("a"), slow.ask("b")];
    for (const answer of waiting) await expect(answer).rejects.toMatchObject({ code: "overloaded" });
    expect(slow.admission.waiting).toBe(0);
  });
});
