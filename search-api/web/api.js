import { askForKey, currentKey } from "./key.js";

/** A refusal of the server, with its own words. */
export class Refusal extends Error {
  /** Whether sending the same again would be refused again. */
  final = false;
}

/** The answer to a request; a server that wants a key gets the one that the reader gives. */
export async function request(path, options) {
  const key = currentKey();
  const headers = { ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) };
  const response = await fetch(path, { ...options, headers });
  if (response.status === 401) {
    await askForKey(key);
    return request(path, options);
  }
  if (response.ok) return response;
  const body = await response.json();
  const refusal = new Refusal(body.detail ?? body.title);
  refusal.code = body.code;
  refusal.final = response.status < 500 && response.status !== 408 && response.status !== 429;
  throw refusal;
}

const ask = async (path, options) => (await request(path, options)).json();

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
