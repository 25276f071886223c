import { type PassStep, stepOf } from "./pass-step.ts";
import { passNamed } from "./passes/catalogue.ts";
import type { Target } from "./target.ts";

export type Precision = "float32" | "int8";

/**
 * Passes that give a precision with parameters that hold for most encoders: no search. INT8 is for CPUs: with weights of 8
 * bits for one that sums their products exactly, of 7 for others.
 */
export function recipe(precision: Precision, { provider, cpu }: Target): PassStep[] {
  const step = (name: string, parameters = {}): PassStep => stepOf(passNamed(name)!, parameters);
  const standardOnly = provider === "tensorrt" || provider === "coreml";
  const weights = { weightLimit: cpu.exactInt8 ? 127 : 63 };
  return [
    step("onnx-conversion"),
    ...(standardOnly ? [] : [step("transformer-fusion")]),
    ...(precision === "int8"
      ? [step("smooth-quant", weights), step("fast-int8", weights), step("quantized-embeddings")]
      : []),
    step("session-tuning"),
  ];
}
