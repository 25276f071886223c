import type { PassStep } from "../pass-step.ts";

// What every candidate has; they say nothing of what sets it apart.
const COMMON = new Set(["onnx-conversion", "transformer-fusion", "session-tuning", "discrepancy-check"]);

/**
 * A name for each list of passes: those that make the difference, with the parameters in which two candidates that
 * have the pass differ.
 */
export function candidateNames(all: readonly (readonly PassStep[])[]): string[] {
  const values = new Map<string, Set<string>>();
  for (const { pass, parameters } of all.flat())
    for (const [key, value] of Object.entries(parameters)) {
      const place = `${pass.name}.${key}`;
      values.set(place, (values.get(place) ?? new Set()).add(JSON.stringify(value)));
    }
  const differs = (pass: string, key: string): boolean => values.get(`${pass}.${key}`)!.size > 1;
  return all.map((steps) => {
    const parts = steps.flatMap(({ pass, parameters }) => {
      const shown = Object.entries(parameters).filter(([key]) => differs(pass.name, key));
      if (COMMON.has(pass.name) && shown.length === 0) return [];
      const list = shown.map(([key, value]) => `${key} ${String(value)}`).join(", ");
      return [list ? `${pass.name} (${list})` : pass.name];
    });
    return parts.length > 0 ? parts.join(" → ") : "float32 as it is";
  });
}
