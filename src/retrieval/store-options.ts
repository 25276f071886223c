import type { Filter, Patience } from "../vector-store/vector-store.ts";

/** What is asked of the store with every lookup, without the keys that say nothing. */
export function storeOptions({
  filter,
  timeoutMs,
}: {
  filter?: Filter | undefined;
  timeoutMs?: number | undefined;
}): Patience & { filter?: Filter } {
  return { ...(filter ? { filter } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}
