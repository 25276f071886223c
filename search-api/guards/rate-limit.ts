import type { RequestHandler } from "express";
import { rateLimit } from "express-rate-limit";
import { HttpProblem } from "../problems/http-problem.ts";

/** So many requests a minute from one address; the answer says how many are left (RateLimit headers, draft 8). */
export function perAddressLimit(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    handler: (_request, _response, next) =>
      next(new HttpProblem("too-many-requests", `at most ${perMinute} requests a minute are answered`)),
  });
}
