import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { energyMeter } from "../../../src/optimizer/evidence/energy-meter.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

/** A counter of one CPU package as Linux shows it, in microjoules. */
function counter(name: string, energy: number, range = 1_000_000_000): string {
  const path = join(folder.path, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "energy_uj"), `${energy}\n`);
  writeFileSync(join(path, "max_energy_range_uj"), `${range}\n`);
  return join(path, "energy_uj");
}

test("all packages are counted, and none of their parts twice", async () => {
  const a = counter("intel-rapl:0", 5_000_000);
  const b = counter("intel-rapl:1", 1_000_000);
  counter("intel-rapl:0:0", 1_000_000);
  const meter = await energyMeter("cpu", folder.path);
  if (typeof meter === "string") throw new Error(meter);
  const joules = await meter.joules(async () => {
    for (const [file, more] of [
      [a, 2_500_000],
      [b, 500_000],
      [join(folder.path, "intel-rapl:0:0", "energy_uj"), 1_000_000],
    ] as const)
      writeFileSync(file, String(Number(readFileSync(file, "utf8")) + more));
  });
  expect(joules).toBeCloseTo(3, 9);
  expect(meter.source).toBe("RAPL, 2 CPU packages");
});

test("a counter that starts again is no negative energy", async () => {
  const file = counter("intel-rapl:0", 999_000_000);
  counter("intel-rapl:1", 7);
  const meter = await energyMeter("cpu", folder.path);
  if (typeof meter === "string") throw new Error(meter);
  expect(await meter.joules(async () => writeFileSync(file, "1000000"))).toBeCloseTo(2, 9);
});

test("a machine without counters is said to have none", async () => {
  expect(await energyMeter("cpu", join(folder.path, "nothing"))).toBe(
    "this machine shows no energy counter (RAPL)",
  );
});
