import { errnoOf, TermduetError } from "../../terminology/termduet-error.ts";

/** Runs a call to the store and turns its error into one that says what to do. */
export async function explained<T>(path: string, doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof TermduetError) throw cause;
    const text = cause instanceof Error ? cause.message : String(cause);
    if (errnoOf(cause) === "ENOSPC" || /no space left|os error 28|disk quota/i.test(text)) {
      throw new TermduetError(
        "no-space",
        `the disk of ${path} is full while ${doing}; make room, then go on with --resume`,
        { cause },
      );
    }
    if (/permission denied|os error 13|read-only file system/i.test(text)) {
      throw new TermduetError("unavailable", `${path} can't be written while ${doing}: permission denied`, {
        cause,
      });
    }
    if (/timed? ?out|deadline|elapsed/i.test(text)) {
      throw new TermduetError("unavailable", `the store at ${path} took too long while ${doing}; try again`, {
        cause,
      });
    }
    // What Lance says may quote its SQL, and with it a query: it stays in the cause, for --debug.
    throw new TermduetError(
      "internal",
      `the store at ${path} failed while ${doing}; run again with --debug for its words`,
      { cause },
    );
  }
}
