/** A refusal of the server, with its own words. */
export class Refusal extends Error {}

async function get(path, parameters, signal) {
  const query = parameters?.toString();
  const response = await fetch(query ? `${path}?${query}` : path, {
    signal,
    headers: { Accept: "application/json" },
  });
  const body = await response.json();
  if (!response.ok) throw new Refusal(body.detail ?? body.title);
  return body;
}

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
