import type { NamedBy, NamedString } from "../retrieval/match/exact-matches.ts";
import type { Calibrator } from "../retrieval/rank/calibrator.ts";
import type { StringEvidence } from "../retrieval/rank/collect-candidates.ts";
import {
  conceptDifferences,
  MAX_DIFFERING_GRADE,
  MAX_DIFFERING_RATING,
  QueryMeaning,
  type ReadNames,
} from "../retrieval/rank/concept-differences.ts";
import { passingAtoms, type SearchFilter } from "../retrieval/request/search-filter.ts";
import type { StringRecord } from "../terminology/concept.ts";
import type { ChosenConcept } from "./aligned-entry.ts";
import { type EntryText, isName, type TextField } from "./entry-texts.ts";
import type { TrigramIndex } from "./matching/trigram-index.ts";

/** What one encoder sees of one concept: its nearest pair of a text of the entry and a string of the concept. */
export interface EncoderMatch {
  cosine: number;
  /** 0 to 5, before rounding. */
  grade: number;
  /** 0 to 5. */
  rating: number;
  /** Place among the candidates by this encoder's cosine, from 1. */
  rank: number;
  /** The concept's string. */
  string: string;
  /** The entry's text. */
  field: TextField;
}

/** A name of the concept that a term or synonym of the entry is. */
export interface SameName {
  tier: "exact" | "normalized";
  by: NamedBy;
  field: TextField;
  string: string;
}

/** Whether a name of the entry is the concept's, but for its writing: not in other words alone. */
export function isVeryName(same: SameName | undefined): boolean {
  return same?.by === "string" || same?.by === "writing";
}

export interface ConceptCandidate extends ChosenConcept {
  /** One per encoder: from 0, as near as the entry's twentieth candidate, to 1, equal: what a cosine is worth, whatever the encoder. */
  lifts: number[];
  /** The nearest of its strings to the term or a synonym by their character trigrams; in strong mode alone. */
  trigrams: { cosine: number; string: string };
  /** Of homonyms: how near what the entry says besides its term comes to the concept; the higher the likelier. */
  context?: number;
  /** How well the release itself supports that this string names this concept: preferred names, then sources. */
  support: number;
}

export interface TextFindings {
  text: EntryText;
  evidence: readonly StringEvidence[];
  named: readonly NamedString[];
}

/**
 * The concepts that an entry's texts found. For each encoder a concept stands by the highest cosine of any of the
 * texts with any of its strings, which for the plain mode's one text is paper Eq. 11. Equal cosines (a string that
 * several concepts share) are ranked by support, then by CUI; in plain mode by CUI, as MRCONSO's rows are. With
 * `trigrams`, the strong mode's, names are compared by their letters too.
 */
export function conceptCandidates(
  findings: readonly TextFindings[],
  calibrators: readonly Calibrator[],
  filter: SearchFilter,
  trigrams?: TrigramIndex,
): ConceptCandidate[] {
  const candidates = new Map<string, ConceptCandidate>();
  const likeness = trigrams && nameLikeness(findings, trigrams);
  for (const { text, evidence, named } of findings) {
    const names = new Map(named.map((name) => [name.ref.id, name]));
    for (const string of evidence) {
      const supports = supportOf(string, filter);
      for (const [cui, support] of supports) {
        const candidate = candidates.get(cui) ?? newCandidate(cui, string, calibrators.length);
        candidates.set(cui, candidate);
        look(candidate, string, text.field, support);
        if (likeness) compareLetters(candidate, string.record.text, likeness(string.record.text));
        const name = names.get(string.id);
        if (name?.cuis.includes(cui)) {
          const { tier, by } = name;
          addName(candidate, { tier, by, field: text.field, string: string.record.text });
        }
      }
    }
  }
  const list = [...candidates.values()];
  for (const [encoder, calibrator] of calibrators.entries())
    rate(list, encoder, calibrator, trigrams !== undefined);
  return list;
}

/** Strings of a concept that any text of the entry has found, the nearest first; the first ones are those of the encoders' sightings. */
function namesOf(
  { cui, sightings }: ConceptCandidate,
  findings: readonly TextFindings[],
): { names: StringRecord[]; leading: number } {
  const found = new Map<string, { record: StringRecord; cosine: number }>();
  for (const { evidence } of findings)
    for (const { record, cosines } of evidence) {
      if (!record.concepts.some((concept) => concept.cui === cui)) continue;
      const cosine = Math.max(...cosines, found.get(record.text)?.cosine ?? -1);
      found.set(record.text, { record, cosine });
    }
  const leading = new Set(sightings.map(({ string }) => string));
  const ordered = [...found.values()].sort(
    (a, b) =>
      Number(leading.has(b.record.text)) - Number(leading.has(a.record.text)) ||
      b.cosine - a.cosine ||
      (a.record.text < b.record.text ? -1 : 1),
  );
  return { names: ordered.map(({ record }) => record), leading: leading.size };
}

/**
 * Says of each candidate in what the entry's term, as it was written, differs from the names by which it was found: its ratings are
 * then below 5. Cosines and ranks stay what they are.
 */
export function compareMeanings(
  candidates: readonly ConceptCandidate[],
  findings: readonly TextFindings[],
  term: string,
  { lat, names: read }: { lat: string | undefined; names: ReadNames },
): void {
  const query = new QueryMeaning(term, { lat, names: read });
  for (const candidate of candidates) {
    if (candidate.same?.field === "term") continue;
    const { names, leading } = namesOf(candidate, findings);
    const differs = conceptDifferences(query, names, leading);
    if (differs.length === 0) continue;
    candidate.differs = differs;
    for (const sighting of candidate.sightings) {
      sighting.rating = Math.min(sighting.rating, MAX_DIFFERING_RATING);
      sighting.grade = Math.min(sighting.grade, MAX_DIFFERING_GRADE);
    }
  }
}

function newCandidate(cui: string, { record }: StringEvidence, encoders: number): ConceptCandidate {
  const { name, semanticTypes } = record.concepts.find((concept) => concept.cui === cui)!;
  const nothing = (): EncoderMatch => ({
    cosine: Number.NEGATIVE_INFINITY,
    grade: 0,
    rating: 0,
    rank: 0,
    string: "",
    field: "term",
  });
  const sightings = Array.from({ length: encoders }, nothing);
  const lifts = sightings.map(() => 0);
  return { cui, name, semanticTypes, sightings, lifts, trigrams: { cosine: 0, string: "" }, support: 0 };
}

/** How alike a string and the nearest of the entry's names are by their letters; each string is looked at once. */
function nameLikeness(findings: readonly TextFindings[], trigrams: TrigramIndex): (string: string) => number {
  const names = findings
    .filter(({ text }) => isName(text.field))
    .map(({ text }) => trigrams.vector(text.text));
  const known = new Map<string, number>();
  return (string) => {
    let likeness = known.get(string);
    if (likeness === undefined) {
      const vector = trigrams.vector(string);
      likeness = Math.max(0, ...names.map((name) => trigrams.cosine(name, vector)));
      known.set(string, likeness);
    }
    return likeness;
  };
}

function compareLetters({ trigrams }: ConceptCandidate, string: string, cosine: number): void {
  if (cosine > trigrams.cosine || (cosine === trigrams.cosine && cosine > 0 && string < trigrams.string))
    Object.assign(trigrams, { cosine, string });
}

function look(candidate: ConceptCandidate, string: StringEvidence, field: TextField, support: number): void {
  for (const [encoder, sighting] of candidate.sightings.entries()) {
    // float32 rounding can pass 1.
    const cosine = Math.min(1, string.cosines[encoder]!);
    if (cosine < sighting.cosine || (cosine === sighting.cosine && string.record.text >= sighting.string))
      continue;
    Object.assign(sighting, { cosine, string: string.record.text, field });
  }
  candidate.support = Math.max(candidate.support, support);
}

/** For each concept that passes: 1000 where the string is a preferred name of it, and one for each source. */
function supportOf({ record }: StringEvidence, filter: SearchFilter): Map<string, number> {
  const sources = new Map<string, Set<string>>();
  const preferred = new Set<string>();
  for (const { cui, sab, isPref, suppress } of passingAtoms(record, filter)) {
    const known = sources.get(cui) ?? new Set();
    sources.set(cui, known);
    if (suppress !== "N") continue;
    known.add(sab);
    if (isPref) preferred.add(cui);
  }
  return new Map([...sources].map(([cui, sabs]) => [cui, sabs.size + (preferred.has(cui) ? 1000 : 0)]));
}

const FIELD_ORDER: readonly TextField[] = ["term", "synonym"];
const NEARNESS: readonly NamedBy[] = ["string", "writing", "words", "code", "cui"];

/** Keeps the best name: the term's before a synonym's, as written before but for the writing. */
function addName(candidate: ConceptCandidate, same: SameName): void {
  if (!candidate.same || compareNames(same, candidate.same) < 0) candidate.same = same;
}

/** Names of the term before those of a synonym; as written before normalized, and that before the same words. */
export function compareNames(a: SameName, b: SameName): number {
  return (
    FIELD_ORDER.indexOf(a.field) - FIELD_ORDER.indexOf(b.field) ||
    NEARNESS.indexOf(a.by) - NEARNESS.indexOf(b.by)
  );
}

const FLOOR_RANK = 20;

function rate(
  candidates: readonly ConceptCandidate[],
  encoder: number,
  calibrator: Calibrator,
  tiesBySupport: boolean,
): void {
  const ordered = [...candidates].sort(
    (a, b) =>
      b.sightings[encoder]!.cosine - a.sightings[encoder]!.cosine ||
      (tiesBySupport ? b.support - a.support : 0) ||
      (a.cui < b.cui ? -1 : 1),
  );
  const floor = ordered[Math.min(ordered.length, FLOOR_RANK) - 1]?.sightings[encoder]?.cosine ?? 0;
  for (const [i, { sightings, lifts }] of ordered.entries()) {
    const sighting = sightings[encoder]!;
    sighting.rank = i + 1;
    lifts[encoder] = Math.max(0, (sighting.cosine - floor) / Math.max(1e-6, 1 - floor));
    sighting.grade = calibrator.grade(sighting.cosine);
    sighting.rating = calibrator.rating(sighting.cosine);
  }
}
