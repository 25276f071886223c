import type { PassStep } from "../pass-step.ts";
import type { PassRunner } from "../search/pass-runner.ts";
import { type QuantizationDebug, QuantizationDebugger } from "./quantization-debug.ts";

// Enough to see which channels and tensors stand out.
const STRINGS = 48;

/** Looks into the graphs of one candidate: at its smoothing, where it has any, and at what differs from float32. */
export async function gatherDebug(
  runner: PassRunner,
  steps: readonly PassStep[],
  sequences: readonly (readonly number[])[],
  workspace: string,
): Promise<QuantizationDebug> {
  const step = Math.max(1, Math.floor(sequences.length / STRINGS));
  const some = sequences.filter((_, i) => i % step === 0).slice(0, STRINGS);
  const looking = new QuantizationDebugger(some, workspace);
  const modelAfter = async (count: number) => {
    const made = await runner.run(steps.slice(0, count));
    if ("failure" in made) throw new Error(`a pass that has run before fails: ${made.failure}`);
    return made.piece.model;
  };
  const smoothing = steps.findIndex(({ pass }) => pass.name === "smooth-quant");
  const inputs =
    smoothing < 0
      ? []
      : await looking.smoothing(await modelAfter(smoothing), await modelAfter(smoothing + 1));
  // The last float graph: smoothed where that was done, since smoothing divides values that both graphs name alike.
  const floatPasses = ["onnx-conversion", "transformer-fusion", "smooth-quant"];
  const float = steps.findLastIndex(({ pass }) => floatPasses.includes(pass.name));
  const errors = await looking.errors(await modelAfter(float + 1), await modelAfter(steps.length));
  return { inputs, errors };
}
