import { search } from "./api.js";

/**
 * Searches of which one wants ever more results: what is shown already is kept, and only what follows it is asked for.
 * Pages are pieces of one list, so that nothing comes twice or is missed.
 */
export function pagedSearch() {
  const lists = new Map();

  return async (parameters, signal) => {
    const k = Number(parameters.get("k"));
    const asked = new URLSearchParams(parameters);
    asked.delete("k");
    const key = asked.toString();
    const known = lists.get(key);
    if (known && (known.results.length === k || (known.results.length < k && !known.more))) return known;
    const from = known && known.results.length < k ? known.results.length : 0;
    asked.set("k", String(k - from));
    if (from > 0) asked.set("offset", String(from));
    asked.set("explain", "1");
    asked.set("facets", "sty");
    const page = await search(asked, signal);
    const whole = from > 0 ? { ...page, results: [...known.results, ...page.results] } : page;
    // Of earlier searches a few are kept: going back is then at once.
    if (lists.size >= 8) lists.delete(lists.keys().next().value);
    lists.set(key, whole);
    return whole;
  };
}
