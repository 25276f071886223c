import { orAbort } from "../call.ts";
import { type Endpoint, jsonAnswer, sendJson } from "../endpoint.ts";
import type { ReadinessCheck } from "../readiness.ts";
import { aliveSchema, readinessSchema } from "../schemas/health-schema.ts";

/** `GET /healthz`: the process answers. A probe that restarts processes asks this. */
export function aliveEndpoint(version: string): Endpoint {
  return {
    method: "get",
    path: "/healthz",
    scope: "anyone",
    operation: {
      operationId: "alive",
      summary: "Whether the process answers",
      tags: ["Operations"],
      responses: jsonAnswer("It does", aliveSchema),
    },
    answer: (_request, response) => sendJson(response, { status: "ok", version }),
  };
}

/** `GET /readyz`: searches can be answered. A probe that routes traffic asks this. */
export function readyEndpoint(readiness: ReadinessCheck): Endpoint {
  return {
    method: "get",
    path: "/readyz",
    scope: "anyone",
    operation: {
      operationId: "ready",
      summary: "Whether the store and the encoders answer",
      tags: ["Operations"],
      responses: jsonAnswer("They do", readinessSchema),
    },
    async answer(_request, response, call) {
      sendJson(response, await orAbort(call.signal, readiness.ready()));
    },
  };
}
