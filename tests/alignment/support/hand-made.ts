import type { LexiconAlignment } from "../../../src/alignment/align-lexicon.ts";
import type { AlignedEntry, MergedPair } from "../../../src/alignment/aligned-entry.ts";
import type { ConceptCandidate, EncoderMatch } from "../../../src/alignment/concept-candidates.ts";
import type { LexiconEntry } from "../../../src/terminology/lexicon/lexicon.ts";
import type { ReleaseRecord } from "../../../src/vector-store/release-record.ts";

export function lexiconEntry(term: string, changes: Partial<LexiconEntry> = {}): LexiconEntry {
  return { id: term.slice(0, 8), term, synonyms: [], line: 2, extra: {}, ...changes };
}

/** What an encoder sees of a concept, of which the grade alone matters. */
function sighting(grade: number, rank = 1): EncoderMatch {
  return {
    cosine: grade / 5,
    grade,
    rating: Math.round(grade),
    rank,
    string: "a string",
    field: "term and explanation",
  };
}

export function concept(cui: string, name: string, grades: readonly number[]): ConceptCandidate {
  return {
    cui,
    name,
    semanticTypes: [{ tui: "T047", name: "Disease or Syndrome" }],
    sightings: grades.map((g) => sighting(g)),
    lifts: grades.map((g) => g / 5),
    trigrams: { cosine: 0, string: "" },
    support: 1,
  };
}

/** What both encoders chose, alike. */
export function both(chosen: ConceptCandidate): ConceptCandidate[] {
  return [chosen, chosen];
}

/** An entry whose encoders chose these concepts, and whose pair comes from the encoder given. */
export function aligned(
  entry: LexiconEntry,
  best: (ConceptCandidate | undefined)[],
  source: number | "exact" | undefined,
): AlignedEntry {
  const candidates = [...new Set(best.flatMap((found) => found ?? []))];
  if (source === undefined) return { entry, candidates, best };
  const pair = (chosen: ConceptCandidate, model: number): MergedPair => {
    const { rating, grade, string } = chosen.sightings[model]!;
    return { concept: chosen, rating, source: model, string, confidence: grade / 5, accepted: true };
  };
  if (source === "exact") {
    const same = { tier: "exact", by: "string", field: "term", string: entry.term } as const;
    const exact = { ...best[0]!, same };
    const merged = { ...pair(exact, 0), rating: 5, source, string: entry.term, confidence: 1 };
    const shown = best.map((c) => (c === best[0] ? exact : c));
    return { entry, candidates: [exact], best: shown, exact, complementary: pair(exact, 0), merged };
  }
  const merged = pair(best[source]!, source);
  return { entry, candidates, best, complementary: merged, merged };
}

const RELEASE: ReleaseRecord = {
  dataset: "umls",
  release: "2024AB",
  generation: 1,
  fingerprint: "f".repeat(64),
  source: "META",
  filters: { sab: [], lat: [], includeSuppressed: false },
  ingestedAt: "2026-01-01T00:00:00.000Z",
  counts: { atoms: 0, strings: 0, concepts: 0, rejects: 0, bySab: {}, byLat: {}, bySty: {} },
  encoders: [],
  strings: "s",
  concepts: "c",
};

export function alignmentOf(entries: AlignedEntry[], dataset = "umls"): LexiconAlignment {
  const encoder = { precision: "int8", dimension: 4 };
  return {
    release: { ...RELEASE, dataset },
    mode: "strong",
    encoders: [
      { id: "enc-a", hash: "a".repeat(16), ...encoder },
      { id: "enc-b", hash: "b".repeat(16), ...encoder },
    ],
    entries,
  };
}

/**
 * Six entries, worked by hand. Encoder a rates 5 5 4 2 1 –, encoder b 5 3 5 4 0 –; a and b choose the same concept for
 * the first alone. The merge: 5 (a), 5 (a), 5 (b), 4 (b), 1 (a), nothing.
 */
export function sixEntries(): AlignedEntry[] {
  const infarction = concept("C0027051", "Myocardial infarction", [5, 4.8]);
  return [
    aligned(lexiconEntry("crise cardiaque", { id: "1" }), [infarction, infarction], "exact"),
    aligned(
      lexiconEntry("mal de tête", { id: "2" }),
      [concept("C0018681", "Headache", [4.6, 2]), concept("C0149931", "Migraine", [3, 3.2])],
      0,
    ),
    aligned(
      lexiconEntry("sucre dans le sang", { id: "3" }),
      [concept("C0005802", "Blood sugar", [4.4, 4]), concept("C0020456", "Hyperglycemia", [4, 4.9])],
      1,
    ),
    aligned(
      lexiconEntry("ventre ballonné", { id: "4" }),
      [concept("C0000726", "Abdomen", [2.1, 1]), concept("C0000731", "Abdominal distension", [2, 3.9])],
      1,
    ),
    aligned(
      lexiconEntry("quelque chose", { id: "5" }),
      [concept("C0000001", "Thing", [1.2, 0]), concept("C0000002", "Other thing", [0.4, 0.3])],
      0,
    ),
    aligned(lexiconEntry("introuvable", { id: "6" }), [undefined, undefined], undefined),
  ];
}
