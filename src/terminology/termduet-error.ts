/** What went wrong, by the reaction that it calls for. `usage` ends the command with exit code 2, all others with 1. */
export type ErrorCode =
  | "usage" // the caller asked for something that cannot be: wrong flag, empty query, k out of range
  | "not-found" // a file, release, encoder, concept that is not there
  | "bad-input" // a file or request whose content is wrong
  | "conflict" // the store or a lock says that this must not happen now
  | "incompatible" // vectors, encoders or stores that do not belong together
  | "no-space" // the disk is full
  | "unavailable" // a store, port, worker or provider that does not answer
  | "internal"; // a bug of ours

/**
 * The one error class that users meet. The message says what, where and what to do, in one line;
 * `cause` keeps the original for `--debug`.
 */
export class TermduetError extends Error {
  override name = "TermduetError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    // What is quoted of a broken file may hold line breaks.
    super(message.replace(/\s*[\r\n\u2028\u2029]+\s*/g, " "), options);
    this.code = code;
  }
}

/** Node's errno of an error or of its causes, if there is one (`ENOSPC`, `EADDRINUSE`, …). */
export function errnoOf(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    const code = (e as NodeJS.ErrnoException).code;
    if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) return code;
  }
  return undefined;
}
