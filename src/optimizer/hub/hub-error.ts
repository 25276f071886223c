import { HubApiError } from "@huggingface/hub";
import { errnoOf, TermduetError } from "../../terminology/termduet-error.ts";
import type { CheckpointName } from "./checkpoint-name.ts";
import type { HubSettings } from "./hub-settings.ts";

const AGAIN = "run the same command again: it goes on where it stopped";

/** What went wrong with the hub, in one line that says what to do. */
export function hubError(error: unknown, name: CheckpointName, { url, token }: HubSettings): TermduetError {
  if (error instanceof TermduetError) return error;
  const what = `${name.repository}@${name.revision}`;
  const make = (code: "not-found" | "unavailable" | "no-space", message: string): TermduetError =>
    new TermduetError(code, message, { cause: error });
  if (errnoOf(error) === "ENOSPC")
    return make("no-space", `the disk is full while ${what} was fetched; make room and ${AGAIN}`);
  const status = error instanceof HubApiError ? error.statusCode : undefined;
  if (status === 401 || status === 403) {
    const hint =
      token === undefined
        ? "set HF_TOKEN to a token that may read it"
        : "the token of HF_TOKEN may not read it";
    return make(
      "unavailable",
      `${url} refuses ${what} (${status}): it is private, gated or not there; ${hint}`,
    );
  }
  if (status === 404)
    return make("not-found", `there is no ${what} at ${url}; names are OWNER/NAME or OWNER/NAME@REVISION`);
  if (status === 429)
    return make(
      "unavailable",
      `${url} asks to wait (429); try again later, with HF_TOKEN set if it is not: ${AGAIN}`,
    );
  if (status !== undefined) return make("unavailable", `${url} answers ${status} for ${what}; ${AGAIN}`);
  const reason = reasonOf(error);
  return make(
    "unavailable",
    `${what} could not be fetched from ${url} (${reason}); check network, HTTPS_PROXY and HF_ENDPOINT, then ${AGAIN}`,
  );
}

/** `fetch` says "fetch failed" and hides the reason in its cause. */
function reasonOf(error: unknown): string {
  for (let e = error; e instanceof Error; e = e.cause)
    if (!(e.cause instanceof Error)) return e.message || e.name;
  return String(error);
}
