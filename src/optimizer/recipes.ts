import type { Provider } from "../encoder/providers.ts";
import { type PassStep, stepOf } from "./pass-step.ts";
import { passNamed } from "./passes/catalogue.ts";

export type Precision = "float32" | "int8";

/** Passes that give a precision with parameters that hold for most encoders: no search. INT8 is for CPUs. */
export function recipe(precision: Precision, provider: Provider = "cpu"): PassStep[] {
  const standardOnly = provider === "tensorrt" || provider === "coreml";
  const float = standardOnly ? ["onnx-conversion"] : ["onnx-conversion", "transformer-fusion"];
  const int8 = ["smooth-quant", "fast-int8", "quantized-embeddings"];
  const names = [...float, ...(precision === "int8" ? int8 : []), "session-tuning"];
  return names.map((name) => stepOf(passNamed(name)!));
}
