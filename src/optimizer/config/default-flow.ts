import type { Provider } from "../../encoder/providers.ts";
import type { Criterion, PlaceConfig } from "./optimizer-config.ts";

const search = (...values: unknown[]) => ({ search: values });
const conversion = { pass: "onnx-conversion", parameters: {} };
const fusion = { pass: "transformer-fusion", parameters: {} };
const tuning = { pass: "session-tuning", parameters: {} };

/** The passes that are tried where a configuration names none: what has a chance on the provider. */
export function defaultPasses(provider: Provider): PlaceConfig[] {
  if (provider === "tensorrt")
    return [conversion, [{ pass: "static-int8", parameters: { format: "QDQ" } }, null], tuning];
  if (provider !== "cpu")
    return [conversion, fusion, [{ pass: "mixed-precision", parameters: {} }, null], tuning];
  return [
    conversion,
    fusion,
    [{ pass: "smooth-quant", parameters: { alpha: search("search", 0.5, 0.7) } }, null],
    [
      { pass: "fast-int8", parameters: { weightLimit: search(63, 127) } },
      { pass: "weight-only", parameters: { bits: 8 } },
    ],
    [{ pass: "quantized-embeddings", parameters: { bits: search(8, 16) } }],
    { pass: "session-tuning", parameters: { tokenBudget: search(512, 1024, 2048) } },
  ];
}

/**
 * What candidates are judged by where a configuration says nothing. With tasks, they may lose what the paper allows
 * (0.01 %); without, vectors must keep near those of float32. Latency must fall by the paper's 20 %.
 */
export function defaultCriteria(taskMetrics: readonly string[]): Criterion[] {
  return [
    { metric: "batch-independence", priority: 0, goal: { type: "threshold", value: 0.99999 } },
    { metric: "cosine.mean", priority: 2, goal: { type: "threshold", value: 0.995 } },
    { metric: "cosine.p1", priority: 0, goal: { type: "threshold", value: 0.98 } },
    ...taskMetrics.map(
      (metric): Criterion => ({
        metric,
        priority: 0,
        goal: { type: "percent-max-degradation", value: 0.01 },
      }),
    ),
    { metric: "throughput", priority: 1 },
    { metric: "latency.avg", priority: 4, goal: { type: "percent-min-improvement", value: 20 } },
    { metric: "size", priority: 3 },
  ];
}
