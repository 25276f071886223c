import { errnoOf, TermduetError } from "../../terminology/termduet-error.ts";

/** An answer that is no success, or none at all. What the server says may quote a query: it stays in the cause. */
export class ServerError extends Error {
  override name = "ServerError";
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly said: string;

  constructor(status: number, said: string, options?: { cause?: unknown }) {
    super(`Qdrant answered ${status}`, options);
    this.status = status;
    this.said = said;
  }
}

const NO_SPACE = /no space left|disk (is )?full|not enough space|out of disk|disk quota/i;
const BUSY = new Set([0, 408, 425, 429, 502, 503, 504]);
// A node that starts, or a cluster that elects, fails some calls with these words and a 500.
const PASSING = /consensus|timed? ?out|unavailable|not ready|transport|connect|leader|channel closed|dead/i;

/** Whether the same call may succeed in a while. All our writes may be repeated: they name the points that they write. */
export function mayPass({ status, said }: ServerError): boolean {
  if (NO_SPACE.test(said)) return false;
  return BUSY.has(status) || (status === 500 && PASSING.test(said));
}

export function isFull(said: string): boolean {
  return NO_SPACE.test(said);
}

/** The error in our words: what, where, what to do. */
export function explained(error: unknown, store: string, doing: string): TermduetError {
  if (error instanceof TermduetError) return error;
  if (!(error instanceof ServerError)) {
    return new TermduetError(
      "internal",
      `${store} failed while ${doing}; run again with --debug for its words`,
      {
        cause: error,
      },
    );
  }
  const { status, said } = error;
  const options = { cause: new Error(said, { cause: error }) };
  if (isFull(said)) {
    return new TermduetError(
      "no-space",
      `the disk of ${store} is full while ${doing}; make room, then go on with --resume`,
      options,
    );
  }
  if (status === 0) {
    const reason = errnoOf(error) ?? said;
    return new TermduetError(
      "unavailable",
      `no answer from ${store} while ${doing} (${reason}); is Qdrant running there?`,
      options,
    );
  }
  if (status === 401 || status === 403) {
    return new TermduetError(
      "unavailable",
      `${store} refuses the API key while ${doing}; set TERMDUET_QDRANT_API_KEY to one that may do that`,
      options,
    );
  }
  if (status === 404)
    return new TermduetError("not-found", `${store} has lost what was asked for while ${doing}`, options);
  if (status === 409)
    return new TermduetError(
      "conflict",
      `${store} already holds what was to be made while ${doing}`,
      options,
    );
  if (mayPass(error)) {
    return new TermduetError(
      "unavailable",
      `${store} can't answer now while ${doing} (HTTP ${status}); try again later`,
      options,
    );
  }
  return new TermduetError(
    "internal",
    `${store} failed while ${doing} (HTTP ${status}); run again with --debug for its words`,
    options,
  );
}
