import type { RequestHandler, Response } from "express";
import { ipKeyGenerator } from "express-rate-limit";
import { callerOf, type KeyHolder } from "./guards/api-keys.ts";
import type { ProblemCode } from "./problems/http-problem.ts";
import { HttpProblem } from "./problems/http-problem.ts";
import type { TracedPart } from "./telemetry/tracing.ts";

/** One request on its way: its name in logs, and the signal by which its work is given up. */
export interface Call {
  readonly id: string;
  readonly startedMs: number;
  /** Aborts when the client has gone or the deadline has passed; the reason is a `HttpProblem`. */
  readonly signal: AbortSignal;
  /** Path template, for logs and metrics; never the path itself, which may hold anything. */
  route: string;
  problem: ProblemCode | undefined;
  /** Whose key came with the request; undefined where keys are not asked for, or none that is known came. */
  holder: KeyHolder | undefined;
  /** Who asks, for counting: the key's name, else the address. Never logged. */
  readonly caller: string;
  /** Parts that took time, for traces. */
  readonly parts: TracedPart[];
  /** Shortens or extends the time that is left, counted from the start. */
  setDeadline(ms: number): void;
  /** Milliseconds until the deadline, at least 0. */
  remainingMs(): number;
}

const calls = new WeakMap<Response, Call>();

/** The call that a response answers. */
export function callOf(response: Response): Call {
  const call = calls.get(response);
  if (!call) throw new Error("the request has not passed `openCall`; this is a bug");
  return call;
}

export interface OpenCallDeps {
  now: () => number;
  newId: () => string;
  deadlineMs: number;
}

const CLIENT_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** First middleware: names the request, and watches its client and its deadline. */
export function openCall({ now, newId, deadlineMs }: OpenCallDeps): RequestHandler {
  return function namedAndWatched(request, response, next) {
    const given = request.get("X-Request-Id");
    const controller = new AbortController();
    const startedMs = now();
    let allowedMs = deadlineMs;
    const remainingMs = (): number => Math.max(0, allowedMs - (now() - startedMs));
    const arm = (ms: number): NodeJS.Timeout => {
      allowedMs = ms;
      return setTimeout(() => {
        controller.abort(new HttpProblem("deadline", `there was no answer within ${ms / 1000} s`));
      }, remainingMs());
    };
    let timer = arm(deadlineMs);
    const call: Call = {
      id: given !== undefined && CLIENT_ID.test(given) ? given : newId(),
      startedMs,
      signal: controller.signal,
      route: "unmatched",
      problem: undefined,
      holder: undefined,
      get caller() {
        return callerOf(this) ?? ipKeyGenerator(request.ip ?? "");
      },
      parts: [],
      setDeadline(ms) {
        clearTimeout(timer);
        timer = arm(ms);
      },
      remainingMs,
    };
    calls.set(response, call);
    response.set("X-Request-Id", call.id);
    response.once("close", () => {
      clearTimeout(timer);
      controller.abort(new HttpProblem("timeout", "the client has gone"));
    });
    next();
  };
}

/** The promise, or the signal's reason as soon as it aborts. The work behind the promise goes on. */
export function orAbort<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    return Promise.reject(signal.reason);
  }
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
