import type { AlignedEncoder, LexiconAlignment } from "../alignment/align-lexicon.ts";
import type { AlignedEntry, ChosenConcept, MergedPair } from "../alignment/aligned-entry.ts";
import type { EncoderMatch } from "../alignment/concept-candidates.ts";
import { ALIGNMENT_MODES } from "../alignment/entry-texts.ts";
import type { ReleaseRecord } from "../vector-store/release-record.ts";
import { type HumanRating, humanRatings } from "./human-ratings.ts";
import type { CurrentRating } from "./ratings-database.ts";
import type { ReviewEntry, ReviewPair } from "./review-entry.ts";
import type { ReviewSheet } from "./review-sheet.ts";

/** Names and types of the concepts of the sheet, and of those that reviewers brought in. */
export type KnownConcepts = ReadonlyMap<string, Pick<ChosenConcept, "name" | "semanticTypes">>;

/**
 * The alignment as it is after the review, for the writers of `termduet align`. A human rating stands in the place of
 * the calibrated one, for the pair and for each encoder that chose the concept (the paper's Table 4); what the encoders
 * themselves said stays beside it. Within an entry any pair that people rate
 * above 0 comes before all that none has rated, and the highest rated is the entry's. Where people rated 0 all that
 * they rated, the calibrated ratings choose among the rest, and without a rest the pair stays with its 0.
 */
export function ratedAlignment(
  sheet: ReviewSheet,
  ratings: readonly CurrentRating[],
  release: ReleaseRecord,
  concepts: KnownConcepts,
): LexiconAlignment {
  const human = humanRatings(ratings);
  const encoders = encodersOf(sheet, release);
  const mode = ALIGNMENT_MODES.find((known) => known === sheet.summary["mode"]) ?? "strong";
  const entries = sheet.entries.map((entry) =>
    ratedEntry(entry, human.get(entry.id) ?? [], encoders, concepts),
  );
  return { release, mode, encoders, entries };
}

function encodersOf({ encoders, summary }: ReviewSheet, release: ReleaseRecord): AlignedEncoder[] {
  const told = Array.isArray(summary["encoders"]) ? (summary["encoders"] as AlignedEncoder[]) : [];
  return encoders.map((id) => {
    const { hash = "", dimension = 0 } = release.encoders.find((encoder) => encoder.id === id) ?? {};
    return told.find((encoder) => encoder.id === id) ?? { id, hash, dimension, precision: "" };
  });
}

function ratedEntry(
  entry: ReviewEntry,
  human: readonly HumanRating[],
  encoders: readonly AlignedEncoder[],
  concepts: KnownConcepts,
): AlignedEntry {
  const chosen = new Map<string, ChosenConcept>();
  const conceptOf = (cui: string): ChosenConcept => {
    const known = chosen.get(cui) ?? chosenConcept(entry, cui, human, encoders, concepts);
    chosen.set(cui, known);
    return known;
  };
  const best = encoders.map(({ id }) => {
    const first = entry.candidates[id]?.find(({ rank }) => rank === 1);
    return first && conceptOf(first.cui);
  });
  const { id, term, explanation, lang, synonyms, extra, line } = entry;
  const aligned: AlignedEntry = {
    entry: {
      id,
      term,
      synonyms,
      extra,
      line,
      ...(explanation ? { explanation } : {}),
      ...(lang ? { lang } : {}),
    },
    candidates: [
      ...new Set(Object.values(entry.candidates).flatMap((list) => list.map(({ cui }) => cui))),
    ].map(conceptOf),
    best,
  };
  if (entry.merged?.source === "exact") aligned.exact = conceptOf(entry.merged.cui);
  const merged = mergedPair(entry, human, encoders, conceptOf);
  return merged ? { ...aligned, merged } : aligned;
}

function chosenConcept(
  { candidates, merged }: ReviewEntry,
  cui: string,
  human: readonly HumanRating[],
  encoders: readonly AlignedEncoder[],
  concepts: KnownConcepts,
): ChosenConcept {
  const given = human.find((rating) => rating.cui === cui)?.rating;
  // An encoder that did not propose the concept saw nothing of it: its place stays empty.
  const sightings: EncoderMatch[] = new Array(encoders.length);
  let name = merged?.cui === cui ? merged.name : cui;
  for (const [i, { id }] of encoders.entries()) {
    const candidate = candidates[id]?.find((other) => other.cui === cui);
    if (!candidate) continue;
    name = candidate.name;
    const { cosine, rank, string, field = "term", grade = candidate.rating } = candidate;
    sightings[i] = { cosine, rank, string, field, grade, rating: candidate.rating };
  }
  const known = concepts.get(cui);
  const same =
    merged?.cui === cui && merged.source === "exact"
      ? {
          same: {
            tier: merged.tier,
            by: merged.tier === "exact" ? ("string" as const) : ("writing" as const),
            field: "term" as const,
            string: merged.string,
          },
        }
      : {};
  return {
    cui,
    name: known?.name ?? name,
    semanticTypes: known?.semanticTypes ?? [],
    sightings,
    ...same,
    ...(given === undefined ? {} : { human: given }),
  };
}

function mergedPair(
  entry: ReviewEntry,
  human: readonly HumanRating[],
  encoders: readonly AlignedEncoder[],
  conceptOf: (cui: string) => ChosenConcept,
): MergedPair | undefined {
  const { merged, candidates } = entry;
  const rated = new Set(human.map(({ cui }) => cui));
  const places = [
    ...(merged ? [merged.cui] : []),
    ...Object.values(candidates).flatMap((list) => list.map((c) => c.cui)),
  ];
  const place = (cui: string): number => (places.includes(cui) ? places.indexOf(cui) : places.length);
  const byRating = [...human].sort(
    (a, b) => b.rating - a.rating || place(a.cui) - place(b.cui) || (a.cui < b.cui ? -1 : 1),
  );
  const first = byRating[0];
  if (first && first.rating > 0) return humanPair(entry, first, conceptOf);
  if (merged && !rated.has(merged.cui)) return calibratedPair(merged, encoders, conceptOf);
  const rest = encoders.flatMap(({ id }, source) => {
    const candidate = candidates[id]?.find(({ rank, cui }) => rank === 1 && !rated.has(cui));
    return candidate ? [{ ...candidate, source }] : [];
  });
  const best = rest.sort((a, b) => b.rating - a.rating || a.source - b.source)[0];
  if (best) {
    const { cui, rating, source, string, grade = rating } = best;
    return { concept: conceptOf(cui), rating, source, string, confidence: grade / 5, accepted: true };
  }
  return first && humanPair(entry, first, conceptOf);
}

function humanPair(
  { merged, candidates }: ReviewEntry,
  { cui, rating, reviewers }: HumanRating,
  conceptOf: (cui: string) => ChosenConcept,
): MergedPair {
  const concept = conceptOf(cui);
  const proposed = Object.values(candidates)
    .flat()
    .find((candidate) => candidate.cui === cui);
  const string = (merged?.cui === cui ? merged.string : proposed?.string) ?? concept.name;
  return { concept, rating, source: "human", string, confidence: rating / 5, accepted: true, reviewers };
}

function calibratedPair(
  { cui, rating, source, string, confidence, accepted }: ReviewPair,
  encoders: readonly AlignedEncoder[],
  conceptOf: (cui: string) => ChosenConcept,
): MergedPair {
  const encoder = encoders.findIndex(({ id }) => id === source);
  const from = encoder >= 0 ? encoder : source === "human" ? "human" : "exact";
  const sighting = encoder < 0 ? undefined : conceptOf(cui).sightings[encoder];
  const own = encoder < 0 ? 1 : (sighting?.grade ?? rating) / 5;
  return { concept: conceptOf(cui), rating, source: from, string, confidence: confidence ?? own, accepted };
}
