import express, { type Express, type RequestHandler } from "express";
import type { AppDeps } from "./app-deps.ts";
import { callOf, openCall } from "./call.ts";
import { ConceptLookup } from "./concepts/concept-lookup.ts";
import { type Endpoint, sendJson } from "./endpoint.ts";
import { FHIR_JSON } from "./fhir/fhir-answer.ts";
import { fhirEndpoints } from "./fhir/fhir-endpoints.ts";
import { Admission } from "./guards/admission.ts";
import { type ApiKeys, keyOfRequest, requireScope } from "./guards/api-keys.ts";
import { cors } from "./guards/cors.ts";
import { hostGuard } from "./guards/host-guard.ts";
import { perCallerLimit } from "./guards/rate-limit.ts";
import { securityHeaders } from "./guards/security-headers.ts";
import { cutSlowBodies } from "./guards/slow-bodies.ts";
import { cutSlowReaders } from "./guards/slow-readers.ts";
import { LIMITS } from "./limits.ts";
import { mcpRoute } from "./mcp/mcp-route.ts";
import { openApiDocument } from "./openapi-document.ts";
import { HttpProblem } from "./problems/http-problem.ts";
import { problemHandler, unknownPath } from "./problems/problem-handler.ts";
import { ReadinessCheck } from "./readiness.ts";
import { reviewEndpoints } from "./review/review-endpoints.ts";
import { conceptEndpoint } from "./routes/concept.ts";
import { aliveEndpoint, readyEndpoint } from "./routes/health.ts";
import { metricsEndpoint } from "./routes/metrics.ts";
import { page } from "./routes/page.ts";
import { releasesEndpoint } from "./routes/releases.ts";
import { searchGetEndpoint } from "./routes/search-get.ts";
import { searchPostEndpoint } from "./routes/search-post.ts";
import { suggestEndpoint } from "./routes/suggest.ts";
import { SearchService } from "./search-service.ts";
import { streamEndpoint } from "./streams/stream-endpoint.ts";
import { Suggester } from "./suggest/suggester.ts";
import { promMetrics } from "./telemetry/prom-metrics.ts";
import { RecallCanary } from "./telemetry/recall-canary.ts";
import { faultOf, requestLog } from "./telemetry/request-log.ts";
import { TermStore } from "./terms/term-store.ts";
import { utsContentEndpoints } from "./uts/uts-content.ts";
import { utsSearchEndpoint } from "./uts/uts-search.ts";
import { utsSourceEndpoints } from "./uts/uts-source.ts";

const OPENAPI = "/api/v1/openapi.json";
/** Where what is asked costs something. */
const DOORS = ["/api", "/rest", "/fhir", "/mcp"];
const BODIES = ["application/json", FHIR_JSON];

/** The search API and its page, as an Express app that listens nowhere yet. */
export function createApp(deps: AppDeps): Express {
  const { searcher, store, log, now, load, version } = deps;
  const { releases } = searcher;
  const admission = new Admission(load);
  const metrics = promMetrics(() => admission, { process: deps.processMetrics });
  const searches = new SearchService({ searcher, admission, metrics, now, ...load });
  const concepts = new ConceptLookup({ store, releases });
  const suggester = new Suggester({ store, releases, now, metrics });
  const terms = new TermStore({ store, releases, dataset: deps.dataset });
  const endpoints: Endpoint[] = [
    searchGetEndpoint(searches),
    searchPostEndpoint(searches, load),
    streamEndpoint(searches, load),
    suggestEndpoint(suggester, searches),
    conceptEndpoint(concepts, searches),
    releasesEndpoint(store, releases),
    aliveEndpoint(version),
    readyEndpoint(new ReadinessCheck(searcher, now)),
    metricsEndpoint(metrics),
    ...(deps.review ? reviewEndpoints(deps.review) : []),
    utsSearchEndpoint({ terms, searches }, deps.dataset),
    ...utsContentEndpoints({ terms, searches }),
    ...utsSourceEndpoints({ terms, searches }),
    ...fhirEndpoints({ terms, searches, maps: deps.maps ?? [], version, newId: deps.newId }),
  ];
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", false); // each route reads its own, strictly
  if (deps.trustedProxies?.length) app.set("trust proxy", [...deps.trustedProxies]);
  app.use(cutSlowReaders(load.idleMs));
  app.use(openCall({ now, newId: deps.newId, deadlineMs: load.deadlineMs }));
  app.use(requestLog(log, metrics, now, deps.tracing));
  app.use(securityHeaders());
  if (deps.corsOrigins?.length) app.use(cors(deps.corsOrigins));
  if (deps.allowedHosts) app.use(hostGuard(deps.allowedHosts));
  if (deps.keys?.size) app.use(identifyHolder(deps.keys));
  if (deps.rateLimit > 0) app.use(DOORS, perCallerLimit(deps.rateLimit));
  if (deps.keys?.size) app.use(DOORS, refuseStrangers);
  app.use(DOORS, cutSlowBodies);
  app.use(DOORS, express.json({ limit: LIMITS.bodyBytes, type: BODIES }));
  const { background, dataset } = deps;
  if (background) {
    const { canaryMs, stack, ready } = background;
    const canary = new RecallCanary({ searcher, store, admission, metrics, log });
    const begin = async (): Promise<void> => {
      await ready;
      if (canaryMs > 0 && !stack.disposed) stack.use(canary.every(canaryMs));
      const active = await releases.all();
      for (const { dataset } of active) {
        await suggester.warm([dataset]);
        // One letter of a search begins the most strings too.
        for (const letter of "abcdefghijklmnopqrstuvwxyz")
          await searcher.search({ queries: [letter], k: 10, dataset });
      }
    };
    begin().catch((error: unknown) => {
      if (!stack.disposed)
        log.warn({ fault: faultOf(error) }, "what was to be done in the background failed");
    });
  }
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
    for (const { method, answer, scope } of here) {
      const handler: RequestHandler = (request, response) => {
        const call = callOf(response);
        if (deps.keys?.size && scope !== "anyone") requireScope(call.holder, scope);
        return answer(request, response, call);
      };
      app[method](pattern, route(path, handler));
    }
    app.all(pattern, route(path, otherMethods(here.map((endpoint) => endpoint.method))));
  }
  app.get(
    OPENAPI,
    route(OPENAPI, (_request, response) => sendJson(response, JSON.parse(document))),
  );
  app.all(OPENAPI, route(OPENAPI, otherMethods(["get"])));
  app.all(
    "/mcp",
    route(
      "/mcp",
      mcpRoute({ searches, concepts, store, searcher, dataset, version, origins: deps.corsOrigins ?? [] }),
    ),
  );
  app.use(route("page", page(deps.webFolder)));
  app.all("/", route("page", otherMethods(["get"])));
  app.use(unknownPath);
  app.use(problemHandler(store.url, log));
  return app;
}

/** Finds out whose key a request brings. */
function identifyHolder(keys: ApiKeys): RequestHandler {
  return function identified(request, response, next) {
    const key = keyOfRequest(request);
    callOf(response).holder = key === undefined ? undefined : keys.holder(key);
    next();
  };
}

/** Refuses requests without a key before their bodies are read. What the API looks like is no secret. */
const refuseStrangers: RequestHandler = (request, response, next) => {
  const { holder } = callOf(response);
  if (`${request.baseUrl}${request.path}` !== OPENAPI) requireScope(holder, "search");
  next();
};

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
