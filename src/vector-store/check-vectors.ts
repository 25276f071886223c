import { TermduetError } from "../terminology/termduet-error.ts";
import type { Block, CollectionSpec } from "./vector-store.ts";

/** Errors: `incompatible` when the block's vectors are of another length than the collection's. */
export function checkBlock({ name, dimension }: CollectionSpec, { vectors, ids }: Block): void {
  if (dimension === undefined || vectors?.length === dimension * ids.length) return;
  throw new TermduetError(
    "incompatible",
    `${name} holds vectors of ${dimension}; the block's are of another length`,
  );
}

/** The rows of `queries`. Errors: `incompatible` for a collection without vectors, or with vectors of another length. */
export function queryRows({ name, dimension }: CollectionSpec, queries: Float32Array): Float32Array[] {
  if (dimension === undefined)
    throw new TermduetError("incompatible", `${name} holds documents, not vectors`);
  if (queries.length % dimension !== 0) {
    throw new TermduetError(
      "incompatible",
      `${name} holds vectors of ${dimension}, not of the query's length`,
    );
  }
  return Array.from({ length: queries.length / dimension }, (_, i) =>
    queries.subarray(i * dimension, (i + 1) * dimension),
  );
}
