import type { CurrentRating } from "./ratings-database.ts";

/** What the reviewers of a pair come to. */
export interface HumanRating {
  cui: string;
  /** The median; of an even number the lower of the two in the middle, so that it is a rating that somebody gave. */
  rating: number;
  /** In alphabetical order. */
  reviewers: string[];
}

/** The reviewers' ratings by entry, one per pair. */
export function humanRatings(ratings: readonly CurrentRating[]): Map<string, HumanRating[]> {
  const byEntry = new Map<string, Map<string, CurrentRating[]>>();
  for (const rating of ratings) {
    const byCui = byEntry.get(rating.entry) ?? new Map<string, CurrentRating[]>();
    byEntry.set(rating.entry, byCui);
    byCui.set(rating.cui, [...(byCui.get(rating.cui) ?? []), rating]);
  }
  return new Map(
    [...byEntry].map(([entry, byCui]) => [entry, [...byCui].map(([cui, given]) => ofPair(cui, given))]),
  );
}

function ofPair(cui: string, given: readonly CurrentRating[]): HumanRating {
  const sorted = given.map(({ rating }) => rating).sort((a, b) => a - b);
  return {
    cui,
    rating: sorted[(sorted.length - 1) >> 1]!,
    reviewers: given.map(({ reviewer }) => reviewer).sort(),
  };
}
