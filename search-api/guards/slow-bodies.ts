import type { RequestHandler } from "express";
import { callOf } from "../call.ts";

// The problem must have gone out before the connection is cut.
const LINGER_MS = 200;

/** Ends a request whose body has not arrived by its deadline: whoever trickles bodies must not hold connections. */
export const cutSlowBodies: RequestHandler = (request, response, next) => {
  const { signal } = callOf(response);
  const cut = (): void => {
    if (request.complete || response.closed) return;
    setTimeout(() => request.destroy(), LINGER_MS).unref();
  };
  signal.addEventListener("abort", cut, { once: true });
  next();
};
