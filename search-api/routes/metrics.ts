import { z } from "zod";
import type { Endpoint } from "../endpoint.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** `GET /metrics`: for Prometheus. */
export function metricsEndpoint(metrics: Metrics): Endpoint {
  return {
    method: "get",
    path: "/metrics",
    scope: "admin",
    operation: {
      operationId: "metrics",
      summary: "Metrics in Prometheus' exposition format",
      tags: ["Operations"],
      responses: {
        200: { description: "Metrics", content: { "text/plain": { schema: z.string() } } },
      },
    },
    async answer(_request, response) {
      const text = await metrics.exposition();
      response.set("Cache-Control", "no-store").set("Content-Type", metrics.contentType).send(text);
    },
  };
}
