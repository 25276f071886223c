import type { RequestHandler } from "express";
import { HttpProblem } from "../problems/http-problem.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/** Whether a server that is bound there can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host) || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Refuses names under which this server was not meant to be reached: otherwise a web page that anyone visits could
 * have its own name resolve to 127.0.0.1 and read a server that listens for this machine alone (DNS rebinding).
 */
export function hostGuard(names: readonly string[]): RequestHandler {
  const allowed = new Set([...LOOPBACK, ...names].map((name) => name.toLowerCase()));
  return function onlyKnownHosts(request, _response, next) {
    const name = (request.get("Host") ?? "").replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
    if (allowed.has(name.toLowerCase()) || isLoopback(name)) return next();
    throw new HttpProblem(
      "not-allowed",
      "this server answers to the names of its own machine alone; start it with --allowed-hosts for others",
    );
  };
}
