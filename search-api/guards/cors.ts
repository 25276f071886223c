import type { RequestHandler } from "express";

/** Lets web pages of these origins, and of no others, read answers. Keys go in headers, so credentials are not allowed. */
export function cors(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins.map((origin) => origin.replace(/\/$/, "")));
  return function allowKnownOrigins(request, response, next) {
    response.vary("Origin");
    const origin = request.get("Origin");
    if (origin !== undefined && allowed.has(origin)) {
      response.set("Access-Control-Allow-Origin", origin);
      response.set("Cross-Origin-Resource-Policy", "cross-origin");
      response.set("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy");
      if (request.method === "OPTIONS") {
        response.set("Access-Control-Allow-Methods", "GET, POST");
        response.set("Access-Control-Allow-Headers", "Authorization, X-API-Key, Content-Type, X-Request-Id");
        response.set("Access-Control-Max-Age", "600");
      }
    }
    next();
  };
}
