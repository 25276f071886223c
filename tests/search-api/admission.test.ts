import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Admission } from "../../search-api/guards/admission.ts";
import { gate } from "./support/fake-search.ts";

const never = new AbortController().signal;

function admission(options: Partial<ConstructorParameters<typeof Admission>[0]> = {}): Admission {
  return new Admission({ concurrent: 2, waiting: 3, maxWaitMs: 60_000, ...options });
}

describe("admission", () => {
  test("runs so many at once, and the others in the order in which they came", async () => {
    const door = admission({ waiting: 10 });
    const gates = Array.from({ length: 6 }, gate);
    const started: number[] = [];
    const all = gates.map(({ opened }, i) =>
      door.run(never, async () => {
        started.push(i);
        await opened;
        return i;
      }),
    );
    await sleep(1);
    expect(started).toEqual([0, 1]);
    expect([door.running, door.waiting]).toEqual([2, 4]);
    gates[1]!.open();
    await all[1];
    await sleep(1);
    expect(started).toEqual([0, 1, 2]);
    for (const { open } of gates) open();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(started).toEqual([0, 1, 2, 3, 4, 5]);
    expect([door.running, door.waiting]).toEqual([0, 0]);
  });

  test("refuses at once what would wait beyond the bound", async () => {
    const door = admission();
    const { opened, open } = gate();
    const admitted = Array.from({ length: 5 }, () => door.run(never, () => opened));
    await expect(door.run(never, async () => undefined)).rejects.toMatchObject({
      code: "overloaded",
      headers: { "Retry-After": expect.stringMatching(/^\d+$/) },
    });
    open();
    await Promise.all(admitted);
    await expect(door.run(never, async () => "again")).resolves.toBe("again");
  });

  test("lets what has been let in before wait as long as it takes, in its turn and beside the bound", async () => {
    const door = admission({ concurrent: 1, waiting: 1, maxWaitMs: 20 });
    const { opened, open } = gate();
    const order: string[] = [];
    const running = door.run(never, () => opened);
    const patient = door.run(never, async () => order.push("patient"), { patient: true });
    const hasty = door.run(never, async () => order.push("hasty"));
    expect(door.waiting).toBe(1);
    await expect(hasty).rejects.toMatchObject({ code: "overloaded" });
    const later = door.run(never, async () => order.push("later"));
    open();
    await Promise.all([running, patient, later]);
    expect(order).toEqual(["patient", "later"]);
    expect([door.running, door.waiting]).toEqual([0, 0]);
  });

  test("counts among those that wait who waits for another's turn", async () => {
    const door = admission({ waiting: 2 });
    const leave = [door.besides(), door.besides()];
    expect(() => door.besides()).toThrow(/too many searches are waiting/);
    leave[0]!();
    expect(door.waiting).toBe(1);
    door.besides();
  });

  test("lets go of what waits too long, and of those whose client has gone", async () => {
    const door = admission({ maxWaitMs: 20 });
    const { opened, open } = gate();
    const running = [door.run(never, () => opened), door.run(never, () => opened)];
    const gone = new AbortController();
    const waiting = door.run(never, async () => undefined);
    const left = door.run(gone.signal, async () => undefined);
    gone.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    await expect(waiting).rejects.toMatchObject({ code: "overloaded" });
    expect(door.waiting).toBe(0);
    open();
    await Promise.all(running);
  });

  test("refuses nobody for having waited while few wait, and the longest when more come", async () => {
    const door = admission({ concurrent: 1, waiting: 9, maxWaitMs: 20, few: 2 });
    const { opened, open } = gate();
    const running = door.run(never, () => opened);
    const two = ["a", "b"].map((name) => door.run(never, async () => name));
    await sleep(100);
    expect(door.waiting).toBe(2);
    const third = door.run(never, async () => "c");
    await expect(Promise.race(two)).rejects.toMatchObject({ code: "overloaded" });
    await sleep(100);
    expect(door.waiting).toBe(2);
    open();
    const answers = await Promise.allSettled([...two, third]);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    await running;
  });

  test("serves who waits a little less than too long", async () => {
    const door = admission({ concurrent: 1, maxWaitMs: 500 });
    const { opened, open } = gate();
    const running = door.run(never, () => opened);
    const waiting = door.run(never, async () => "served");
    await sleep(100);
    open();
    expect(await waiting).toBe("served");
    await running;
  });

  test("keeps the room of work that nobody waits for until it has ended, and frees that of work that failed", async () => {
    const door = admission({ concurrent: 1 });
    await expect(
      door.run(never, async () => {
        throw new Error("failed");
      }),
    ).rejects.toThrow("failed");
    expect(door.running).toBe(0);
    const { opened, open } = gate();
    void door.run(never, () => opened);
    await sleep(1);
    expect(door.running).toBe(1);
    open();
    await sleep(1);
    expect(door.running).toBe(0);
  });
});
