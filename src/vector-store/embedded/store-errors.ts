import { systemError } from "../../terminology/system-errors.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";

/** Runs a call to the store and turns its error into one that says what to do. */
export async function explained<T>(path: string, doing: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof TermduetError) throw cause;
    const told = systemError(cause, { at: path, doing });
    if (told) throw told;
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new TermduetError("internal", `the store at ${path} failed while ${doing}: ${words}`, { cause });
  }
}
