import { type PassStep, stepOf } from "./pass-step.ts";
import { passNamed } from "./passes/catalogue.ts";
import type { Target } from "./target.ts";

export type Precision = "float32" | "int8";

/**
 * Passes that give a precision with parameters that hold for most encoders: no search. INT8 is for CPUs: with weights of 8
 * bits for one that sums their products exactly, of 7 for others.
 */
export function recipe(precision: Precision, { provider, cpu }: Target): PassStep[] {
  const standardOnly = provider === "tensorrt" || provider === "coreml";
  const float = standardOnly ? ["onnx-conversion"] : ["onnx-conversion", "transformer-fusion"];
  const int8 = precision === "int8" ? ["smooth-quant", "fast-int8", "quantized-embeddings"] : [];
  const weightLimit = cpu.exactInt8 ? 127 : 63;
  return [...float, ...int8, "session-tuning"].map((name) =>
    stepOf(passNamed(name)!, name === "smooth-quant" || name === "fast-int8" ? { weightLimit } : {}),
  );
}
