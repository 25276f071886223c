import type { RecordPosition } from "./vector-store.ts";

/** Records of one release, each place once, in the order in which they are met first. */
export function distinctPlaces<P extends RecordPosition>(records: readonly P[]): P[] {
  return [...new Map(records.map((record) => [record.ordinal, record])).values()];
}
