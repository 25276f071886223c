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
      door.run(1, never, async () => {
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
    const admitted = Array.from({ length: 5 }, () => door.run(1, never, () => opened));
    await expect(door.run(1, never, async () => undefined)).rejects.toMatchObject({
      code: "overloaded",
      headers: { "Retry-After": expect.stringMatching(/^\d+$/) },
    });
    open();
    await Promise.all(admitted);
    await expect(door.run(1, never, async () => "again")).resolves.toBe("again");
  });

  test("admits a heavy piece whole, waits until there is room for all of it, and never starves it", async () => {
    const door = admission();
    const first = gate();
    const order: string[] = [];
    const light = door.run(1, never, () => first.opened.then(() => order.push("light")));
    const heavy = door.run(7, never, async () => order.push("heavy"));
    const later = door.run(1, never, async () => order.push("later"));
    await sleep(1);
    expect([door.running, door.waiting]).toEqual([1, 3]);
    first.open();
    await Promise.all([light, heavy, later]);
    expect(order).toEqual(["light", "heavy", "later"]);
  });

  test("lets go of what waits too long, and of those whose client has gone", async () => {
    const door = admission({ maxWaitMs: 20 });
    const { opened, open } = gate();
    const running = [door.run(1, never, () => opened), door.run(1, never, () => opened)];
    const gone = new AbortController();
    const waiting = door.run(1, never, async () => undefined);
    const left = door.run(1, gone.signal, async () => undefined);
    gone.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    await expect(waiting).rejects.toMatchObject({ code: "overloaded" });
    expect(door.waiting).toBe(0);
    open();
    await Promise.all(running);
  });

  test("starts lighter ones when a heavy one before them leaves", async () => {
    const door = admission();
    const { opened, open } = gate();
    const running = door.run(1, never, () => opened);
    const gone = new AbortController();
    const heavy = door.run(2, gone.signal, async () => undefined);
    const light = door.run(1, never, async () => "light");
    gone.abort(new Error("gone"));
    await expect(heavy).rejects.toThrow("gone");
    await expect(light).resolves.toBe("light");
    open();
    await running;
  });

  test("keeps the room of work that nobody waits for until it has ended, and frees that of work that failed", async () => {
    const door = admission({ concurrent: 1 });
    await expect(
      door.run(1, never, async () => {
        throw new Error("failed");
      }),
    ).rejects.toThrow("failed");
    expect(door.running).toBe(0);
    const { opened, open } = gate();
    void door.run(1, never, () => opened);
    await sleep(1);
    expect(door.running).toBe(1);
    open();
    await sleep(1);
    expect(door.running).toBe(0);
  });
});
