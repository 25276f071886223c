import { type CpuFeatures, cpuFeatures } from "../encoder/cpu-features.ts";
import type { Provider } from "../encoder/providers.ts";

/** The machine that an encoder is made for. */
export interface Target {
  readonly provider: Provider;
  readonly cpu: CpuFeatures;
}

/** This machine with a provider; a `portable` encoder is made as for a CPU that can't sum 8-bit products exactly. */
export function targetOf({ provider, portable }: { provider: Provider; portable: boolean }): Target {
  const cpu = cpuFeatures();
  return { provider, cpu: portable ? { ...cpu, exactInt8: false } : cpu };
}
