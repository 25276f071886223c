import type { RequestHandler, Response } from "express";
import { rateLimit } from "express-rate-limit";
import { callOf } from "../call.ts";
import { HttpProblem } from "../problems/http-problem.ts";

/** So many requests a minute with one key, or without keys from one address; the answer says how many are left (RateLimit headers, draft 8). */
export function perCallerLimit(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    keyGenerator: (_request, response) => callOf(response as Response).caller,
    handler: (_request, _response, next) =>
      next(new HttpProblem("too-many-requests", `at most ${perMinute} requests a minute are answered`)),
  });
}
