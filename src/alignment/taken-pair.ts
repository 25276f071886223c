import type { AlignedEntry, MergedPair } from "./aligned-entry.ts";

/** The pair that an entry brings into the mappings: one that is taken, and rated at least so and not 0. */
export function takenPair({ merged }: AlignedEntry, minRating: number): MergedPair | undefined {
  return merged?.accepted && merged.rating > 0 && merged.rating >= minRating ? merged : undefined;
}
