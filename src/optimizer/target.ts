import type { Provider } from "../encoder/providers.ts";
import type { CpuFeatures } from "./cpu-features.ts";

/** The machine that an encoder is made for. */
export interface Target {
  readonly provider: Provider;
  readonly cpu: CpuFeatures;
}
