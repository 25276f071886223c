import { discrepancyCheck } from "./discrepancy-check.ts";
import { dynamicInt8 } from "./dynamic-int8.ts";
import { fastInt8 } from "./fast-int8.ts";
import { mixedPrecision } from "./mixed-precision.ts";
import { onnxConversion } from "./onnx-conversion.ts";
import type { Pass } from "./pass.ts";
import { quantizedEmbeddings } from "./quantized-embeddings.ts";
import { sessionTuning } from "./session-tuning.ts";
import { smoothQuant } from "./smooth-quant.ts";
import { staticInt8 } from "./static-int8.ts";
import { transformerFusion } from "./transformer-fusion.ts";
import { weightOnly } from "./weight-only.ts";

/** Every pass, in the order in which they make sense. */
export const PASSES: readonly Pass[] = [
  onnxConversion,
  transformerFusion,
  mixedPrecision,
  smoothQuant,
  dynamicInt8,
  staticInt8,
  fastInt8,
  weightOnly,
  quantizedEmbeddings,
  sessionTuning,
  discrepancyCheck,
] as readonly unknown[] as readonly Pass[];

/** A pass by its name; undefined for a name that there is not. */
export function passNamed(name: string): Pass | undefined {
  return PASSES.find((pass) => pass.name === name);
}
