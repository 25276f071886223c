import type { RequestHandler } from "express";
import { callOf } from "../call.ts";
import { HttpProblem } from "../problems/http-problem.ts";

// The problem must have gone out before the connection is cut.
const LINGER_MS = 200;

/** Answers a request whose body has not arrived by its deadline, and ends it: whoever trickles bodies must not hold connections. */
export const cutSlowBodies: RequestHandler = (request, response, next) => {
  const { signal } = callOf(response);
  const cut = (): void => {
    if (request.complete || response.closed) return;
    // A stream of queries answers for itself.
    if (!response.headersSent) next(new HttpProblem("timeout", "the body did not arrive in time"));
    setTimeout(() => request.destroy(), LINGER_MS).unref();
  };
  signal.addEventListener("abort", cut, { once: true });
  next();
};
