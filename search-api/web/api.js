/** A refusal of the server, with its own words. */
export class Refusal extends Error {
  /** Whether sending the same again would be refused again. */
  final = false;
}

async function ask(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (response.ok) return body;
  const refusal = new Refusal(body.detail ?? body.title);
  refusal.final = response.status < 500 && response.status !== 408 && response.status !== 429;
  throw refusal;
}

/** What is at a path of the API. */
export function get(path, parameters, signal) {
  const query = parameters?.toString();
  return ask(query ? `${path}?${query}` : path, { signal, headers: { Accept: "application/json" } });
}

export const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const search = (parameters, signal) => get("api/v1/search", parameters, signal);
export const suggest = (parameters, signal) => get("api/v1/suggest", parameters, signal);
export const releases = () => get("api/v1/releases");
export const concept = (cui, parameters, signal) =>
  get(`api/v1/concepts/${encodeURIComponent(cui)}`, parameters, signal);

/**
 * Runs one request at a time: a newer one aborts the older, whose answer never arrives. `delay` waits for the typing to
 * pause.
 */
export function latest() {
  let controller;
  let timer;
  return {
    run(delay, work) {
      clearTimeout(timer);
      controller?.abort();
      const mine = new AbortController();
      controller = mine;
      timer = setTimeout(async () => {
        try {
          await work(mine.signal);
        } catch (error) {
          if (!mine.signal.aborted) throw error;
        }
      }, delay);
    },
    stop() {
      clearTimeout(timer);
      controller?.abort();
    },
  };
}
