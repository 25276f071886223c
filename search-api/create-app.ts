import express, { type Express, type RequestHandler } from "express";
import type { AppDeps } from "./app-deps.ts";
import { callOf, openCall } from "./call.ts";
import { ConceptLookup } from "./concepts/concept-lookup.ts";
import { type Endpoint, sendJson } from "./endpoint.ts";
import { Admission } from "./guards/admission.ts";
import { hostGuard } from "./guards/host-guard.ts";
import { perAddressLimit } from "./guards/rate-limit.ts";
import { securityHeaders } from "./guards/security-headers.ts";
import { LIMITS } from "./limits.ts";
import { openApiDocument } from "./openapi-document.ts";
import { HttpProblem } from "./problems/http-problem.ts";
import { problemHandler, unknownPath } from "./problems/problem-handler.ts";
import { ReadinessCheck } from "./readiness.ts";
import { conceptEndpoint } from "./routes/concept.ts";
import { aliveEndpoint, readyEndpoint } from "./routes/health.ts";
import { metricsEndpoint } from "./routes/metrics.ts";
import { page } from "./routes/page.ts";
import { releasesEndpoint } from "./routes/releases.ts";
import { searchGetEndpoint } from "./routes/search-get.ts";
import { searchPostEndpoint } from "./routes/search-post.ts";
import { suggestEndpoint } from "./routes/suggest.ts";
import { SearchDesk } from "./search-desk.ts";
import { Suggester } from "./suggest/suggester.ts";
import { promMetrics } from "./telemetry/prom-metrics.ts";
import { requestLog } from "./telemetry/request-log.ts";

/** The search API and its page, as an Express app that listens nowhere yet. */
export function createApp(deps: AppDeps): Express {
  const { searcher, store, log, now, load, version } = deps;
  const { releases } = searcher;
  const admission = new Admission(load);
  const metrics = promMetrics(() => admission, { process: deps.processMetrics });
  const desk = new SearchDesk({ searcher, admission, metrics, now });
  const endpoints: Endpoint[] = [
    searchGetEndpoint(desk),
    searchPostEndpoint(desk, load),
    suggestEndpoint(new Suggester({ store, releases, now, metrics })),
    conceptEndpoint(new ConceptLookup({ store, releases })),
    releasesEndpoint(store, releases),
    aliveEndpoint(version),
    readyEndpoint(new ReadinessCheck(searcher, now)),
    metricsEndpoint(metrics),
  ];
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", false); // each route reads its own, strictly
  app.use(openCall({ now, newId: deps.newId, deadlineMs: load.deadlineMs }));
  app.use(requestLog(log, metrics, now));
  app.use(securityHeaders());
  if (deps.allowedHosts) app.use(hostGuard(deps.allowedHosts));
  if (deps.rateLimit > 0) app.use("/api", perAddressLimit(deps.rateLimit));
  app.use("/api", express.json({ limit: LIMITS.bodyBytes }));
  const document = JSON.stringify(openApiDocument(endpoints, version));
  const route = (path: string, handler: RequestHandler): RequestHandler => {
    return function routed(request, response, next) {
      callOf(response).route = path;
      return handler(request, response, next);
    };
  };
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const here = endpoints.filter((endpoint) => endpoint.path === path);
    const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
    for (const { method, answer } of here) {
      const handler: RequestHandler = (request, response) => answer(request, response, callOf(response));
      app[method](pattern, route(path, handler));
    }
    app.all(pattern, route(path, otherMethods(here.map((endpoint) => endpoint.method))));
  }
  const openapi = "/api/v1/openapi.json";
  app.get(
    openapi,
    route(openapi, (_request, response) => sendJson(response, JSON.parse(document))),
  );
  app.all(openapi, route(openapi, otherMethods(["get"])));
  app.use(route("page", page(deps.webFolder)));
  app.all("/", route("page", otherMethods(["get"])));
  app.use(unknownPath);
  app.use(problemHandler(store.url, log));
  return app;
}

/** Says which methods a path has: as an answer to OPTIONS, as a problem to every other. */
function otherMethods(methods: readonly ("get" | "post")[]): RequestHandler {
  const names = methods.flatMap((method) => (method === "get" ? ["GET", "HEAD"] : ["POST"]));
  const allow = { Allow: [...names, "OPTIONS"].join(", ") };
  return function refuse(request, response) {
    if (request.method === "OPTIONS") {
      response.set(allow).status(204).end();
      return;
    }
    throw new HttpProblem("method-not-allowed", `this path has ${names.join(", ")}`, allow);
  };
}
