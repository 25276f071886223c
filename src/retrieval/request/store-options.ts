import type { Filter, TimeoutOptions } from "../../vector-store/vector-store.ts";

/** What is asked of the store with every lookup, without the keys that say nothing. */
export function storeOptions({
  filter,
  timeoutMs,
}: {
  filter?: Filter | undefined;
  timeoutMs?: number | undefined;
}): TimeoutOptions & { filter?: Filter } {
  return { ...(filter ? { filter } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}
