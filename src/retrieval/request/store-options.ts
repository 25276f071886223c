import type { Filter, TimeoutOptions } from "../../vector-store/vector-store.ts";

/** What a lookup of strings may look at, how much of it may come back, and how long it may take. */
export interface LookupOptions {
  limit: number;
  filter?: Filter | undefined;
  /** Milliseconds. */
  timeoutMs?: number | undefined;
}

/** What is asked of the store with every lookup, without the keys that say nothing. */
export function storeOptions({
  filter,
  timeoutMs,
}: Omit<LookupOptions, "limit">): TimeoutOptions & { filter?: Filter } {
  return { ...(filter ? { filter } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}
