import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import type { Call } from "../call.ts";

/** What doors that know terms by their letters ask of a store. */
export type StoreReading = Pick<VectorStore, "count" | "find" | "findByPrefix" | "findByWords">;

/**
 * The store as one call may ask it: once nobody waits for the answer nothing more is begun, and what can be told how much
 * time is left is told. Errors, besides the store's: the signal's reason.
 */
export function readingWithin(
  store: StoreReading,
  { signal, remainingMs }: Pick<Call, "signal" | "remainingMs">,
): StoreReading {
  return {
    async count(...asked) {
      signal.throwIfAborted();
      return store.count(...asked);
    },
    async find(...asked) {
      signal.throwIfAborted();
      return store.find(...asked);
    },
    async findByPrefix(collection, field, prefix, limit, options) {
      signal.throwIfAborted();
      return store.findByPrefix(collection, field, prefix, limit, { ...options, timeoutMs: remainingMs() });
    },
    async findByWords(collection, field, words, limit, options) {
      signal.throwIfAborted();
      return store.findByWords(collection, field, words, limit, { ...options, timeoutMs: remainingMs() });
    },
  };
}
