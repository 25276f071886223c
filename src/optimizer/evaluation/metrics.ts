/** What a candidate is judged by, and which direction is better. `task.NAME.MEASURE` come from the tasks given. */
const METRICS: Readonly<Record<string, { higherIsBetter: boolean; meaning: string }>> = {
  "cosine.mean": {
    higherIsBetter: true,
    meaning: "mean cosine between a string's vector and its float32 vector",
  },
  "cosine.p1": { higherIsBetter: true, meaning: "the cosine that all but one string in a hundred exceed" },
  "cosine.min": { higherIsBetter: true, meaning: "the least of these cosines" },
  agreement: {
    higherIsBetter: true,
    meaning: "share of strings whose nearest other string is that of float32",
  },
  "batch-independence": {
    higherIsBetter: true,
    meaning: "least cosine between a string's vector alone and in a batch with others",
  },
  "latency.avg": { higherIsBetter: false, meaning: "milliseconds for one string alone, mean" },
  "latency.max": { higherIsBetter: false, meaning: "milliseconds for one string alone, longest" },
  "latency.min": { higherIsBetter: false, meaning: "milliseconds for one string alone, shortest" },
  "latency.p50": { higherIsBetter: false, meaning: "milliseconds for one string alone, median" },
  "latency.p95": { higherIsBetter: false, meaning: "milliseconds for one string alone, 95th percentile" },
  throughput: { higherIsBetter: true, meaning: "strings per second in full batches" },
  energy: {
    higherIsBetter: false,
    meaning: "joules for a thousand strings in full batches; absent where no counter can be read",
  },
  size: { higherIsBetter: false, meaning: "bytes of the graph with its weights" },
};

/** Direction of a metric; undefined for a name that is none. */
export function directionOf(name: string): { higherIsBetter: boolean } | undefined {
  if (/^task\.[\w-]+\.(spearman|pearson|accuracy|acc@1|acc@5|mrr)$/.test(name))
    return { higherIsBetter: true };
  return Object.hasOwn(METRICS, name) ? METRICS[name] : undefined;
}

/** Values by metric. */
export type MetricValues = Record<string, number>;
