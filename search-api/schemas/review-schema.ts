import { z } from "zod";
import { REVIEWER_NAME } from "../../src/review/ratings-csv.ts";
import { LIMITS } from "../limits.ts";
import { wholeParameter } from "./parameters.ts";

const reviewer = z
  .string()
  .regex(REVIEWER_NAME, "must be a name of at most 60 letters and digits")
  .meta({ description: "Whose ratings; everyone names themselves" });
const rating = z.int().min(0).max(5);
const identifier = z.string().min(1).max(LIMITS.cuiCharacters);

const SHOWN = ["all", "todo", "disputed"] as const;

export const reviewQuerySchema = z.strictObject({ reviewer: reviewer.optional() });

export const reviewEntriesQuerySchema = z.strictObject({
  reviewer,
  from: wholeParameter(0, 99_999_999, 0, "Place in the lexicon from which on entries are given"),
  k: wholeParameter(1, LIMITS.reviewEntries, 20, "Entries at most"),
  show: z.enum(SHOWN, "must be all, todo or disputed").default("all").meta({
    description: "todo: with pairs this reviewer has not rated; disputed: whose ratings differ by 2 or more",
  }),
});

export const undoableQuerySchema = z.strictObject({
  reviewer,
  k: wholeParameter(1, 100, 50, "Ratings at most"),
});

const eventSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[A-Za-z0-9._-]{8,64}$/, "must be 8 to 64 letters, digits, '.', '_' or '-'")
      .meta({
        description: "Made by who sends it; the same id sent again is the same rating and counts once",
      }),
    entry: z.string().min(1).max(LIMITS.queryCharacters).meta({ description: "Id of the lexicon's entry" }),
    cui: identifier,
    reviewer,
    rating: rating.nullable().meta({ description: "null: the reviewer has no rating of the pair any more" }),
    undoes: z.string().max(64).optional().meta({ description: "Id of the rating that this one takes back" }),
  })
  .meta({ id: "Rating" });

export const ratingsBodySchema = z
  .strictObject({ ratings: z.array(eventSchema).min(1).max(LIMITS.reviewRatings) })
  .meta({ id: "RatingsRequest" });

export const ratingsAddedSchema = z
  .object({
    added: z.int(),
    known: z.int().meta({ description: "Sent before and kept then" }),
  })
  .meta({ id: "RatingsAdded" });

export const undoableSchema = z
  .object({
    ratings: z.array(
      z.object({
        id: z.string(),
        index: z.int(),
        entry: z.string(),
        cui: z.string(),
        previous: rating.nullable(),
      }),
    ),
  })
  .meta({ id: "UndoableRatings", description: "The latest first, with what stood there before" });

const candidateSchema = z
  .object({
    cui: z.string(),
    name: z.string(),
    string: z.string(),
    cosine: z.number(),
    rating,
    rank: z.int().min(1),
  })
  .meta({ id: "ReviewCandidate" });

const reviewEntrySchema = z
  .object({
    index: z.int().meta({ description: "Place in the lexicon, from 0" }),
    id: z.string(),
    term: z.string(),
    explanation: z.string().optional(),
    lang: z.string().optional(),
    synonyms: z.array(z.string()),
    candidates: z
      .record(z.string(), z.array(candidateSchema))
      .meta({ description: "By encoder, best first" }),
    merged: z
      .object({ cui: z.string(), name: z.string(), string: z.string(), rating, source: z.string() })
      .optional()
      .meta({ description: "The pair of the alignment" }),
    toRate: z.array(z.string()).meta({ description: "CUIs that ask for a rating" }),
    ratings: z.array(z.object({ cui: z.string(), reviewer: z.string(), rating })),
  })
  .meta({ id: "ReviewEntry" });

export const reviewEntriesSchema = z
  .object({
    entries: z.array(reviewEntrySchema),
    next: z.int().optional().meta({ description: "Where to go on; absent at the end" }),
  })
  .meta({ id: "ReviewEntries" });

export type ReviewEntryView = z.infer<typeof reviewEntrySchema>;

export const reviewSchema = z
  .object({
    id: z.string().meta({ description: "Tells this review from others" }),
    dataset: z.string().optional(),
    release: z.string().optional(),
    encoders: z.array(z.string()),
    entries: z.int(),
    pairs: z.int().meta({ description: "That ask for a rating" }),
    reviewers: z.array(
      z.object({
        reviewer: z.string(),
        pairs: z.int().meta({ description: "Rated of those that ask for it" }),
        entries: z.int().meta({ description: "Whose pairs are all rated" }),
      }),
    ),
    agreement: z.object({
      byPair: z.array(
        z.object({
          reviewers: z.array(z.string()),
          pairs: z.int(),
          same: z.int(),
          kappa: z
            .number()
            .nullable()
            .meta({ description: "Cohen's, quadratic weights; null where undefined" }),
        }),
      ),
      mean: z.number().nullable().meta({ description: "Over the reviewers' pairs" }),
    }),
    first: z.int().optional().meta({ description: "First entry that the reviewer has still to rate" }),
  })
  .meta({ id: "Review" });

export type ReviewView = z.infer<typeof reviewSchema>;
