import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Provider } from "../../encoder/providers.ts";

/** Counts the energy that work takes, in joules. */
export interface EnergyMeter {
  /** Where the figures come from, for people. */
  readonly source: string;
  joules(work: () => Promise<void>): Promise<number>;
}

const POWERCAP = "/sys/class/powercap";
const run = promisify(execFile);

/**
 * The counter for a provider: the CPU packages' (RAPL), with the GPU's power where the provider is one of NVIDIA's.
 * Otherwise why there is none: containers and virtual machines seldom let them be read.
 */
export async function energyMeter(
  provider: Provider,
  folder: string = POWERCAP,
): Promise<EnergyMeter | string> {
  if (provider === "cuda" || provider === "tensorrt") return gpuMeter();
  const packages = existsSync(folder)
    ? readdirSync(folder).filter((name) => /^(intel|amd)-rapl:\d+$/.test(name))
    : [];
  if (packages.length === 0) return "this machine shows no energy counter (RAPL)";
  try {
    const counters = packages.sort().map((name) => new RaplCounter(join(folder, name)));
    return {
      source: `RAPL, ${packages.length} CPU package${packages.length > 1 ? "s" : ""}`,
      joules: async (work) => {
        const before = counters.map((counter) => counter.read());
        await work();
        return counters.reduce((sum, counter, i) => sum + counter.since(before[i]!), 0);
      },
    };
  } catch {
    return "the energy counters (RAPL) may be read by root alone";
  }
}

/** One package's counter, which starts again at its range. */
class RaplCounter {
  readonly #path: string;
  readonly #range: number;

  constructor(folder: string) {
    this.#path = join(folder, "energy_uj");
    this.#range = Number(readFileSync(join(folder, "max_energy_range_uj"), "utf8"));
    this.read();
  }

  /** Microjoules. */
  read(): number {
    return Number(readFileSync(this.#path, "utf8"));
  }

  since(before: number): number {
    const now = this.read();
    return (now >= before ? now - before : now + this.#range - before) / 1e6;
  }
}

const SAMPLE_MS = 200;

async function gpuMeter(): Promise<EnergyMeter | string> {
  const watts = async (): Promise<number> => {
    const { stdout } = await run("nvidia-smi", [
      "--query-gpu=power.draw",
      "--format=csv,noheader,nounits",
      "--id=0",
    ]);
    return Number(stdout.trim());
  };
  try {
    if (!Number.isFinite(await watts())) return "this GPU does not say what power it draws";
  } catch {
    return "nvidia-smi, which knows the GPU's power, is not there";
  }
  return {
    source: "power of GPU 0, as nvidia-smi samples it",
    joules: async (work) => {
      const samples: number[] = [await watts()];
      const start = performance.now();
      const timer = setInterval(
        () =>
          void watts().then(
            (value) => samples.push(value),
            () => undefined,
          ),
        SAMPLE_MS,
      );
      await work();
      clearInterval(timer);
      const seconds = (performance.now() - start) / 1000;
      return (samples.reduce((a, b) => a + b, 0) / samples.length) * seconds;
    },
  };
}
