import { join } from "node:path";
import type { z } from "zod";
import { RATINGS_FILE } from "../../src/alignment/output-folder.ts";
import { reviewAgreement } from "../../src/review/agreement.ts";
import { ratingsCsv } from "../../src/review/ratings-csv.ts";
import {
  type CurrentRating,
  type RatingEvent,
  RatingsDatabase,
  type UndoableRating,
} from "../../src/review/ratings-database.ts";
import { pairsToRate } from "../../src/review/review-entry.ts";
import { openReviewSheet, type ReviewSheet } from "../../src/review/review-sheet.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import type { ReviewEntryView, ReviewView, reviewEntriesQuerySchema } from "../schemas/review-schema.ts";

type EntriesRequest = z.output<typeof reviewEntriesQuerySchema>;

// Ratings of an entry that are so far apart are looked at again.
const DISPUTED = 2;
// More candidates of an encoder nobody looks at; any other concept can be searched for.
const MOST_CANDIDATES = 10;

/** An alignment under review and its ratings, for the routes. */
export class ReviewService implements Disposable {
  readonly #sheet: ReviewSheet;
  readonly #ratings: RatingsDatabase;
  readonly #toRate: string[][];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #now: () => Date;

  constructor(sheet: ReviewSheet, ratings: RatingsDatabase, now: () => Date = () => new Date()) {
    this.#sheet = sheet;
    this.#ratings = ratings;
    this.#toRate = sheet.entries.map(pairsToRate);
    this.#indexes = new Map(sheet.entries.map(({ id }, index) => [id, index]));
    this.#now = now;
  }

  /** Opens the folder of an alignment; the ratings are kept in it. */
  static async open(folder: string): Promise<ReviewService> {
    const sheet = await openReviewSheet(folder);
    return new ReviewService(sheet, RatingsDatabase.open(join(folder, RATINGS_FILE)));
  }

  /** What is reviewed, how far everyone is, and how they agree. */
  overview(reviewer: string | undefined): ReviewView {
    const { dataset, release, encoders, entries } = this.#sheet;
    const ratings = this.#ratings.current();
    const names = [...new Set(ratings.map((rating) => rating.reviewer))].sort();
    const first = reviewer === undefined ? -1 : this.#firstTodo(ratedBy(ratings, reviewer), 0);
    return {
      id: this.#ratings.id,
      ...(dataset === undefined ? {} : { dataset }),
      ...(release === undefined ? {} : { release }),
      encoders,
      entries: entries.length,
      pairs: this.#toRate.reduce((sum, cuis) => sum + cuis.length, 0),
      reviewers: names.map((name) => ({ reviewer: name, ...this.#progress(ratedBy(ratings, name)) })),
      agreement: reviewAgreement(ratings),
      ...(first < 0 ? {} : { first }),
    };
  }

  /** A page of entries with all ratings of them. */
  entries({ reviewer, from, k, show }: EntriesRequest): { entries: ReviewEntryView[]; next?: number } {
    const wanted = this.#wanted(show, reviewer);
    const indexes: number[] = [];
    let index = from;
    for (; index < this.#sheet.entries.length && indexes.length < k; index++)
      if (wanted(index)) indexes.push(index);
    while (index < this.#sheet.entries.length && !wanted(index)) index++;
    const ids = indexes.map((i) => this.#sheet.entries[i]!.id);
    const ratings = Map.groupBy(this.#ratings.current({ entries: ids }), ({ entry }) => entry);
    return {
      entries: indexes.map((i) => this.#view(i, ratings.get(this.#sheet.entries[i]!.id) ?? [])),
      ...(index < this.#sheet.entries.length ? { next: index } : {}),
    };
  }

  /** Keeps ratings; when it returns, they are on the disk. Errors: `usage` for an entry that there is not, `conflict`. */
  rate(events: readonly RatingEvent[]): { added: number; known: number } {
    if (events.some(({ entry }) => !this.#indexes.has(entry)))
      throw new HttpProblem("usage", "the alignment under review has no entry of this id");
    return this.#ratings.add(events, this.#now());
  }

  /** The reviewer's latest ratings of entries that the alignment has. */
  undoable(reviewer: string, k: number): (UndoableRating & { index: number })[] {
    return this.#ratings.undoable(reviewer, k).flatMap((rating) => {
      const index = this.#indexes.get(rating.entry);
      return index === undefined ? [] : [{ ...rating, index }];
    });
  }

  csv(): string {
    return ratingsCsv(this.#sheet, this.#ratings.current());
  }

  [Symbol.dispose](): void {
    this.#ratings[Symbol.dispose]();
  }

  #view(index: number, ratings: readonly CurrentRating[]): ReviewEntryView {
    const { id, term, explanation, lang, synonyms, candidates, merged } = this.#sheet.entries[index]!;
    return {
      index,
      id,
      term,
      ...(explanation === undefined ? {} : { explanation }),
      ...(lang === undefined ? {} : { lang }),
      synonyms,
      candidates: Object.fromEntries(
        Object.entries(candidates).map(([encoder, list]) => [
          encoder,
          list.slice(0, MOST_CANDIDATES).map(({ cui, name, string, cosine, rating, rank }) => ({
            cui,
            name,
            string,
            cosine,
            rating,
            rank,
          })),
        ]),
      ),
      ...(merged
        ? {
            merged: {
              cui: merged.cui,
              name: merged.name,
              string: merged.string,
              rating: merged.rating,
              source: merged.source,
            },
          }
        : {}),
      toRate: this.#toRate[index]!,
      ratings: ratings.map(({ cui, reviewer, rating }) => ({ cui, reviewer, rating })),
    };
  }

  #wanted(show: EntriesRequest["show"], reviewer: string): (index: number) => boolean {
    if (show === "all") return () => true;
    if (show === "todo") {
      const rated = ratedBy(this.#ratings.current({ reviewer }), reviewer);
      return (index) => this.#isTodo(index, rated);
    }
    const pairs = Map.groupBy(this.#ratings.current(), ({ entry, cui }) => keyOf(entry, cui)).values();
    const disputed = new Set(
      [...pairs].filter((given) => spread(given) >= DISPUTED).map((given) => given[0]!.entry),
    );
    return (index) => disputed.has(this.#sheet.entries[index]!.id);
  }

  #progress(rated: ReadonlySet<string>): { pairs: number; entries: number } {
    let [pairs, entries] = [0, 0];
    for (const [index, cuis] of this.#toRate.entries()) {
      const { id } = this.#sheet.entries[index]!;
      const done = cuis.filter((cui) => rated.has(keyOf(id, cui))).length;
      pairs += done;
      if (cuis.length > 0 && done === cuis.length) entries++;
    }
    return { pairs, entries };
  }

  #firstTodo(rated: ReadonlySet<string>, from: number): number {
    return this.#toRate.findIndex((_, index) => index >= from && this.#isTodo(index, rated));
  }

  #isTodo(index: number, rated: ReadonlySet<string>): boolean {
    const { id } = this.#sheet.entries[index]!;
    return this.#toRate[index]!.some((cui) => !rated.has(keyOf(id, cui)));
  }
}

function ratedBy(ratings: readonly CurrentRating[], reviewer: string): Set<string> {
  return new Set(ratings.filter((r) => r.reviewer === reviewer).map(({ entry, cui }) => keyOf(entry, cui)));
}

function spread(given: readonly CurrentRating[]): number {
  const ratings = given.map(({ rating }) => rating);
  return Math.max(...ratings) - Math.min(...ratings);
}

function keyOf(entry: string, cui: string): string {
  return JSON.stringify([entry, cui]);
}
