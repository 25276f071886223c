import type { RequestHandler } from "express";

/** Ends a connection whose client takes nothing of a finished answer for so long: answers must not pile up in memory. */
export function cutSlowReaders(idleMs: number): RequestHandler {
  return function readInTime(request, response, next) {
    // Node counts a part that is taken as a sign of life; when the answer is out its own limits hold again.
    response.once("prefinish", () => response.setTimeout(idleMs, () => request.socket.destroy()));
    next();
  };
}
