import type { Calibrator } from "../retrieval/calibrator.ts";
import type { StringEvidence } from "../retrieval/gather-evidence.ts";
import type { NamedString } from "../retrieval/named-strings.ts";
import { passingAtoms, type SearchFilter } from "../retrieval/search-filter.ts";
import type { SemanticType } from "../terminology/atom.ts";
import type { EntryText, TextField } from "./entry-texts.ts";

/** What one encoder sees of one concept: its nearest pair of a text of the entry and a string of the concept. */
export interface Sighting {
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
  field: TextField;
  string: string;
}

export interface ConceptCandidate {
  cui: string;
  name: string;
  semanticTypes: SemanticType[];
  /** One per encoder. */
  sightings: Sighting[];
  same?: SameName;
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
 * several concepts share) are ranked by support, then by CUI; in plain mode by CUI, as MRCONSO's rows are.
 */
export function conceptCandidates(
  findings: readonly TextFindings[],
  calibrators: readonly Calibrator[],
  filter: SearchFilter,
  tiesBySupport: boolean,
): ConceptCandidate[] {
  const candidates = new Map<string, ConceptCandidate>();
  for (const { text, evidence, named } of findings) {
    const tiers = new Map(named.map(({ ref, tier }) => [ref.id, tier]));
    for (const string of evidence) {
      const supports = supportOf(string, filter);
      for (const [cui, support] of supports) {
        const candidate = candidates.get(cui) ?? newCandidate(cui, string, calibrators.length);
        candidates.set(cui, candidate);
        look(candidate, string, text.field, support);
        const tier = tiers.get(string.id);
        if (tier) addName(candidate, { tier, field: text.field, string: string.record.text });
      }
    }
  }
  const list = [...candidates.values()];
  for (const [encoder, calibrator] of calibrators.entries()) rate(list, encoder, calibrator, tiesBySupport);
  return list;
}

function newCandidate(cui: string, { record }: StringEvidence, encoders: number): ConceptCandidate {
  const { name, semanticTypes } = record.concepts.find((concept) => concept.cui === cui)!;
  const nothing = (): Sighting => ({
    cosine: Number.NEGATIVE_INFINITY,
    grade: 0,
    rating: 0,
    rank: 0,
    string: "",
    field: "term",
  });
  return { cui, name, semanticTypes, sightings: Array.from({ length: encoders }, nothing), support: 0 };
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

const FIELD_ORDER: readonly TextField[] = ["term and explanation", "term", "synonym"];

/** Keeps the best name: the term's before a synonym's, as written before but for the writing. */
function addName(candidate: ConceptCandidate, same: SameName): void {
  if (!candidate.same || compareNames(same, candidate.same) < 0) candidate.same = same;
}

/** Names of the term before those of a synonym; as written before normalized. */
export function compareNames(a: SameName, b: SameName): number {
  return (
    FIELD_ORDER.indexOf(a.field) - FIELD_ORDER.indexOf(b.field) ||
    Number(b.tier === "exact") - Number(a.tier === "exact")
  );
}

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
  for (const [i, { sightings }] of ordered.entries()) {
    const sighting = sightings[encoder]!;
    sighting.rank = i + 1;
    sighting.grade = calibrator.grade(sighting.cosine);
    sighting.rating = calibrator.rating(sighting.cosine);
  }
}
