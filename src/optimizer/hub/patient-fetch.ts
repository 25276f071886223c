import { setTimeout as sleep } from "node:timers/promises";

export interface PatienceOptions {
  fetch: typeof globalThis.fetch;
  /** Requests in all, the first included. */
  attempts: number;
  /** Longest wait that a server may ask for; a longer one is an answer. */
  maxWaitMs: number;
  /** Wait before the second request, doubled each time, where the server names none. */
  firstWaitMs: number;
  /** Sent to the hub itself, and to nobody whom it redirects to. */
  token?: string | undefined;
  hubUrl: string;
  onWait?: (seconds: number) => void;
}

const TRANSIENT = [408, 429, 500, 502, 503, 504];

/** A `fetch` that tries again what may go better later: 429 and 5xx, as `Retry-After` says, and broken connections. */
export function patientFetch(options: PatienceOptions): typeof globalThis.fetch {
  const hub = new URL(options.hubUrl).origin;
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    if (options.token !== undefined && url.origin === hub)
      headers.set("Authorization", `Bearer ${options.token}`);
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt === options.attempts;
      const fallback = options.firstWaitMs * 2 ** (attempt - 1);
      let wait = fallback;
      try {
        const response = await options.fetch(input, { ...init, headers });
        if (isLast || !TRANSIENT.includes(response.status)) return response;
        wait = retryAfterMs(response.headers.get("Retry-After")) ?? fallback;
        if (wait > options.maxWaitMs) return response;
        await response.body?.cancel();
      } catch (error) {
        if (isLast || init?.signal?.aborted) throw error;
      }
      options.onWait?.(wait / 1000);
      await sleep(wait, undefined, init?.signal ? { signal: init.signal } : {});
    }
  };
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
