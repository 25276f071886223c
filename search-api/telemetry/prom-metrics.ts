import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { LoadReading, Metrics, SearchPart } from "./metrics.ts";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

const PARTS: Record<SearchPart, string> = {
  encode: "Time of the encoders per query, part of a search's",
  store: "Time of the store per query, part of a search's",
  merge: "Time of the ranking per query, part of a search's",
};

/** Metrics in Prometheus' exposition format. `process` adds those of the process (memory, event loop, GC). */
export function promMetrics(load: () => LoadReading, { process }: { process: boolean }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (process) collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "termduet_http_request_duration_seconds",
    help: "Time from the first byte of a request to the last of its answer",
    labelNames: ["route", "method", "status"],
    buckets: SECONDS,
    registers,
  });
  const searches = new Histogram({
    name: "termduet_search_duration_seconds",
    help: "Time of a search per query: encoders, store and merge, without waiting",
    buckets: SECONDS,
    registers,
  });
  const parts = Object.fromEntries(
    Object.entries(PARTS).map(([part, help]) => {
      const name = `termduet_${part}_duration_seconds`;
      return [part, new Histogram({ name, help, buckets: SECONDS, registers })];
    }),
  );
  const waits = new Histogram({
    name: "termduet_search_wait_seconds",
    help: "Time that a search waited for its turn",
    buckets: SECONDS,
    registers,
  });
  const lookups = new Counter({
    name: "termduet_cache_lookups_total",
    help: "Lookups in a cache, by whether they were answered from it",
    labelNames: ["cache", "result"],
    registers,
  });
  const recalls = new Gauge({
    name: "termduet_recall_canary_ratio",
    help: "Share of the true ten nearest strings that an index finds, looked at from time to time",
    labelNames: ["dataset", "encoder"],
    registers,
  });
  const queries = new Counter({
    name: "termduet_search_queries_total",
    help: "Queries that were searched",
    registers,
  });
  const refused = new Counter({
    name: "termduet_refused_total",
    help: "Requests that were refused or given up, by reason",
    labelNames: ["code"],
    registers,
  });
  for (const state of ["running", "waiting"] as const) {
    new Gauge({
      name: `termduet_searches_${state}`,
      help: `Units of search that are ${state}`,
      registers,
      collect() {
        this.set(load()[state]);
      },
    });
  }
  return {
    request({ route, method, status }, seconds) {
      requests.observe({ route, method, status }, seconds);
    },
    search(count, seconds) {
      queries.inc(count);
      searches.observe(seconds / count);
    },
    part(part, count, seconds) {
      parts[part]!.observe(seconds / count);
    },
    waited: (seconds) => waits.observe(seconds),
    cache: (cache, hit) => lookups.inc({ cache, result: hit ? "hit" : "miss" }),
    recall: (dataset, encoder, share) => recalls.set({ dataset, encoder }, share),
    refused(code) {
      refused.inc({ code });
    },
    contentType: registry.contentType,
    exposition: () => registry.metrics(),
  };
}
