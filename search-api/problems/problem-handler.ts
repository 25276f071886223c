import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "pino";
import { callOf } from "../call.ts";
import { operationOutcome, sendFhir } from "../fhir/fhir-answer.ts";
import { faultOf, REFUSALS } from "../telemetry/request-log.ts";
import { asHttpProblem, HttpProblem, problemDocument, STATUS } from "./http-problem.ts";

/** The last handler: every error becomes `application/problem+json`, or what FHIR has in its place. */
export function problemHandler(storeUrl: string, log: Logger): ErrorRequestHandler {
  return function answerProblem(error, request, response, next) {
    const call = callOf(response);
    const problem = asHttpProblem(error, storeUrl);
    const status = STATUS[problem.code];
    call.problem = problem.code;
    // What is refused because there is too much of it is the request's line in the log, and no fault.
    if (status >= 500 && !REFUSALS.has(problem.code))
      log.error({ requestId: call.id, code: problem.code, fault: faultOf(error) }, "failed");
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(status).set(problem.headers);
    if (request.path.startsWith("/fhir/"))
      return sendFhir(response, operationOutcome(problem.code, problem.message));
    response
      .set("Cache-Control", "no-store")
      .type("application/problem+json")
      .send(JSON.stringify(problemDocument(problem.code, problem.message, call.id)));
  };
}

/** Whatever no route answered. */
export const unknownPath: RequestHandler = () => {
  throw new HttpProblem(
    "not-found",
    "there is nothing at this path; /api/v1/openapi.json lists what there is",
  );
};
