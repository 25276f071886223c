import type { LexiconAlignment } from "./align-lexicon.ts";
import { type AlignedEntry, ownSighting } from "./aligned-entry.ts";
import { sourceName } from "./alignments-csv.ts";
import { type HumanSummary, humanSummary } from "./human-summary.ts";
import { type LexiconStatistics, lexiconStatistics } from "./lexicon-statistics.ts";
import type { MatcherModel } from "./matching/matcher.ts";
import { ratingCounts } from "./merge-alignments.ts";

/** What was asked for, as it is kept with the results. */
export interface RunRecord {
  tool: { name: string; version: string };
  /** ISO date. */
  date: string;
  lexicon: { file: string; sha256: string; encoding: string; rejected: number };
  parameters: Record<string, unknown>;
}

/** How many pairs have each rating; `none` where nothing was found. */
export type RatingRow = Record<"0" | "1" | "2" | "3" | "4" | "5" | "none", number>;

/** What an encoder brings that the others do not. */
interface EncoderContribution {
  /** Merged pairs that come from it. */
  merged: number;
  /** Entries that it alone rates 5. */
  fiveAlone: number;
  /** Entries rated higher by it than by every other. */
  higherAlone: number;
  /** Pairs rated 5 that the complementarity has more than this encoder. */
  fiveGained: number;
}

/** `summary.json`. */
export interface AlignmentSummary extends RunRecord {
  dataset: string;
  release: string;
  releaseFingerprint: string;
  mode: string;
  encoders: { id: string; hash: string; precision: string; dimension: number }[];
  entries: number;
  /** The paper's Table 4: a row per encoder, by id, and one for the complementarity. */
  ratings: Record<string, RatingRow>;
  /** Where the merged pairs come from: each encoder by id, `exact`, `none`, and `human` where any was reviewed. */
  sources: Record<string, number>;
  /** Of the entries for which every encoder found something. */
  agreement: {
    compared: number;
    sameConcept: number;
    sameRating: number;
    /** All rate 5 the same concept. */
    fiveTogether: number;
    /** All rate 5, but different concepts. */
    fiveApart: number;
    /** `ratingPairs[a][b]`: entries that the first encoder rates a and the second b. With two encoders alone. */
    ratingPairs?: number[][];
  };
  contributions: Record<string, EncoderContribution>;
  /** The strong mode's choice. */
  choice?: {
    /** Least probability of the pairs that are taken. */
    threshold: number;
    taken: number;
    /** Entries whose pair is not the one of the paper's merge. */
    notTheMerges: number;
    /** Where the coefficients come from, and what the thresholds gave there, cross-validated. */
    matcher: Pick<MatcherModel, "origin" | "f1" | "precision" | "reliability">;
  };
  /** From the ratings of people, where there are such. */
  human?: HumanSummary;
  statistics: LexiconStatistics;
}

/** `matcher`: the strong mode's. */
export function summarize(
  alignment: LexiconAlignment,
  run: RunRecord,
  matcher?: MatcherModel,
): AlignmentSummary {
  const { release, mode, encoders, entries } = alignment;
  const byEncoder = encoders.map((_, encoder) => entries.map((entry) => ratingBy(entry, encoder)));
  const merged = rowOf(entries.map((entry) => (entry.complementary ?? entry.merged)?.rating));
  const sources: Record<string, number> = { exact: 0 };
  for (const { id } of encoders) sources[id] = 0;
  sources["none"] = 0;
  for (const entry of entries) {
    const name = sourceName(entry, encoders) ?? "none";
    sources[name] = (sources[name] ?? 0) + 1;
  }
  const human = humanSummary(
    entries,
    encoders.map(({ id }) => id),
  );
  return {
    ...run,
    dataset: release.dataset,
    release: release.release,
    releaseFingerprint: release.fingerprint,
    mode,
    encoders: encoders.map(({ id, hash, precision, dimension }) => ({ id, hash, precision, dimension })),
    entries: entries.length,
    ratings: {
      ...Object.fromEntries(encoders.map(({ id }, encoder) => [id, rowOf(byEncoder[encoder]!)])),
      complementarity: merged,
    },
    sources,
    agreement: agreementOf(entries, encoders.length),
    contributions: Object.fromEntries(
      encoders.map(({ id }, encoder) => [
        id,
        {
          merged: sources[id]!,
          ...aloneOf(byEncoder, encoder),
          fiveGained: merged["5"] - rowOf(byEncoder[encoder]!)["5"],
        },
      ]),
    ),
    ...(matcher && alignment.threshold !== undefined
      ? { choice: choiceOf(entries, alignment.threshold, matcher) }
      : {}),
    ...(human ? { human } : {}),
    statistics: lexiconStatistics(entries.map(({ entry }) => entry)),
  };
}

function choiceOf(
  entries: readonly AlignedEntry[],
  threshold: number,
  { origin, f1, precision, reliability }: MatcherModel,
): NonNullable<AlignmentSummary["choice"]> {
  return {
    threshold,
    taken: entries.filter(({ merged }) => merged?.accepted).length,
    notTheMerges: entries.filter(({ merged, complementary }) => merged?.concept !== complementary?.concept)
      .length,
    matcher: { origin, f1, precision, reliability },
  };
}

/** The rating of an encoder's own best concept: the reviewers', where they gave one, else the encoder's own. */
export function ratingBy(entry: AlignedEntry, encoder: number): number | undefined {
  return entry.best[encoder]?.human ?? ownSighting(entry, encoder)?.rating;
}

function rowOf(ratings: readonly (number | undefined)[]): RatingRow {
  const [n0, n1, n2, n3, n4, n5] = ratingCounts(
    ratings.map((rating) => (rating === undefined ? undefined : { rating })),
  );
  const none = ratings.filter((rating) => rating === undefined).length;
  return { "0": n0!, "1": n1!, "2": n2!, "3": n3!, "4": n4!, "5": n5!, none };
}

function aloneOf(
  byEncoder: readonly (readonly (number | undefined)[])[],
  encoder: number,
): Pick<EncoderContribution, "fiveAlone" | "higherAlone"> {
  let fiveAlone = 0;
  let higherAlone = 0;
  for (const [entry, rating] of byEncoder[encoder]!.entries()) {
    const others = byEncoder.filter((_, other) => other !== encoder).map((ratings) => ratings[entry] ?? -1);
    if (rating === undefined || others.some((other) => other >= rating)) continue;
    higherAlone++;
    if (rating === 5) fiveAlone++;
  }
  return { fiveAlone, higherAlone };
}

function agreementOf(entries: readonly AlignedEntry[], encoders: number): AlignmentSummary["agreement"] {
  const both = entries.filter(({ best }) => best.every((concept) => concept !== undefined));
  const sameConcept = ({ best }: AlignedEntry): boolean => best.every((concept) => concept === best[0]);
  const ratingsOf = (entry: AlignedEntry): number[] =>
    entry.best.map((_, encoder) => ratingBy(entry, encoder)!);
  const fives = both.filter((entry) => ratingsOf(entry).every((rating) => rating === 5));
  const ratingPairs = Array.from({ length: 6 }, () => [0, 0, 0, 0, 0, 0]);
  if (encoders === 2)
    for (const entry of both) {
      const [a, b] = ratingsOf(entry);
      ratingPairs[a!]![b!]!++;
    }
  return {
    compared: both.length,
    sameConcept: both.filter(sameConcept).length,
    sameRating: both.filter((entry) => new Set(ratingsOf(entry)).size === 1).length,
    fiveTogether: fives.filter(sameConcept).length,
    fiveApart: fives.filter((entry) => !sameConcept(entry)).length,
    ...(encoders === 2 ? { ratingPairs } : {}),
  };
}
