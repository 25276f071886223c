import type { RequestHandler } from "express";
import type { Logger } from "pino";
import { errnoOf, TermduetError } from "../../src/terminology/termduet-error.ts";
import { callOf } from "../call.ts";
import type { Metrics } from "./metrics.ts";
import type { Tracing } from "./tracing.ts";

/** Codes of what is refused for want of room or time. */
export const REFUSALS: ReadonlySet<string> = new Set(["overloaded", "deadline", "too-many-requests"]);

/**
 * One line and one observation per request. The path's template is written instead of the path, and neither query,
 * headers, body nor address: they may say who asked what.
 */
export function requestLog(
  log: Logger,
  metrics: Metrics,
  now: () => number,
  tracing?: Pick<Tracing, "request">,
): RequestHandler {
  return function logged(request, response, next) {
    const call = callOf(response);
    response.once("close", () => {
      const ms = now() - call.startedMs;
      const status = response.writableFinished ? response.statusCode : 499; // nginx's code for a client that left
      metrics.request({ route: call.route, method: methodOf(request.method), status }, ms / 1000);
      if (call.problem && REFUSALS.has(call.problem)) metrics.refused(call.problem);
      const { startedMs, route, parts, id } = call;
      const method = methodOf(request.method);
      tracing?.request({
        name: `${method} ${route}`,
        startedMs,
        ms,
        attributes: {
          "http.request.method": method,
          "http.route": route,
          "http.response.status_code": status,
          "termduet.request_id": id,
        },
        parts,
        parent: request.get("traceparent"),
      });
      const line = { requestId: call.id, method: methodOf(request.method), route: call.route, status };
      log.info({ ...line, ms: Math.round(ms * 10) / 10, ...(call.problem ? { code: call.problem } : {}) });
    });
    next();
  };
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** A label has few values, whatever a client sends. */
function methodOf(method: string): string {
  return METHODS.has(method) ? method : "other";
}

/** What a log may know of an error: kind and place. Messages of libraries quote what they were given. */
export function faultOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = error.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  return {
    name: error.name,
    ...(error instanceof TermduetError ? { code: error.code } : {}),
    ...(errnoOf(error) ? { errno: errnoOf(error) } : {}),
    at: frames.slice(0, 8).map((line) => line.trim().replace(/^at /, "")),
    ...(error.cause === undefined ? {} : { cause: faultOf(error.cause) }),
  };
}
