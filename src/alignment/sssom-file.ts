import { createHash } from "node:crypto";
import { differsText, isBroader } from "../retrieval/rank/concept-differences.ts";
import { isNumberedId } from "../terminology/lexicon/lexicon.ts";
import type { LexiconAlignment } from "./align-lexicon.ts";
import type { AlignedEntry, ChosenConcept, MergedPair } from "./aligned-entry.ts";
import { type Identifiers, TERMDUET_IRI } from "./identifiers.ts";
import { type Cell, TextFile, tableRow } from "./table-file.ts";
import { takenPair } from "./taken-pair.ts";

/** Slots of a mapping that are written, in SSSOM's canonical order. */
const SLOTS = [
  "subject_id",
  "subject_label",
  "predicate_id",
  "object_id",
  "object_label",
  "mapping_justification",
  "author_label",
  "confidence",
  "subject_match_field",
  "match_string",
  "similarity_score",
  "similarity_measure",
  "other",
  "comment",
] as const;

type SssomRow = Partial<Record<(typeof SLOTS)[number], string>>;

export interface SssomOptions {
  identifiers: Identifiers;
  /** Pairs rated lower are `sssom:NoTermFound`. */
  minRating: number;
  /** IRI of the licence under which the mappings are given. */
  license: string;
  /** ISO date. */
  date: string;
  toolVersion: string;
}

interface RowOptions extends SssomOptions {
  /** The lexicon has no ids: its terms are the subjects. */
  literal: boolean;
}

export const UNSPECIFIED_LICENSE = "https://w3id.org/sssom/license/unspecified";
const TOOL = "Termduet";
const MANUAL = "semapv:ManualMappingCuration";

/**
 * `alignments.sssom.tsv`: one row per entry for the merged pair (`semapv:CompositeMatching`, or
 * `sssom:NoTermFound`), and one for each piece of evidence: each encoder's own best concept, and the name that is the
 * very same. Subjects are the lexicon's ids, under its own address where they are no CURIEs; literals where it has none.
 * `other` says of which entry a row is, because an extension slot would be dropped by sssom-py. Predicates
 * follow the six-point scale of semantic similarity: 5 is the same, 4 and 3 are close, 2 and 1 related.
 */
export function writeSssom(path: string, alignment: LexiconAlignment, given: SssomOptions): void {
  const options = { ...given, literal: alignment.entries.every(({ entry }) => isNumberedId(entry.id)) };
  const rows = alignment.entries.flatMap((aligned) => rowsOf(aligned, alignment, options));
  const texts = rows.map((row) => SLOTS.map((slot) => row[slot]));
  texts.sort(compareRows);
  const used = SLOTS.filter((_, i) => texts.some((cells) => cells[i] !== undefined));
  using file = new TextFile(path);
  file.write(header(alignment, texts, options));
  file.write(tableRow(used, "\t"));
  for (const cells of texts) {
    const kept = cells.filter((_, i) => used.includes(SLOTS[i]!));
    file.write(tableRow(kept as Cell[], "\t"));
  }
  file.flush();
}

function rowsOf(aligned: AlignedEntry, { encoders }: LexiconAlignment, options: RowOptions): SssomRow[] {
  const { entry, best } = aligned;
  const merged = takenPair(aligned, options.minRating);
  const object = ({ cui, name }: { cui: string; name: string }): SssomRow => ({
    object_id: options.identifiers.concept(cui).curie,
    object_label: oneLine(name),
  });
  const base = {
    ...(options.literal ? {} : { subject_id: options.identifiers.entry(entry.id).curie }),
    subject_label: oneLine(entry.term),
    other: `lexicon_id=${multiValue(entry.id)}`,
  };
  if (!merged) {
    return [
      {
        ...base,
        predicate_id: "skos:exactMatch",
        object_id: "sssom:NoTermFound",
        ...justificationOf(aligned.merged),
        confidence: score(1 - (aligned.merged?.confidence ?? 0)),
        ...whyNone(aligned.merged),
      },
      ...broaderRow(aligned.merged).map((row) => ({ ...base, ...row, ...object(aligned.merged!.concept) })),
    ];
  }
  const rows: SssomRow[] = [
    {
      ...base,
      predicate_id: predicateOf(merged.rating),
      ...object(merged.concept),
      ...justificationOf(merged),
      confidence: score(merged.confidence),
      comment: commentOf(merged),
    },
  ];
  if (merged.source === "exact") {
    rows.push({
      ...base,
      predicate_id: "skos:exactMatch",
      ...object(merged.concept),
      mapping_justification: "semapv:LexicalMatching",
      confidence: score(1),
      match_string: multiValue(merged.string),
      comment: `${merged.concept.same!.tier} match of the ${merged.concept.same!.field}`,
    });
  }
  for (const [encoder, concept] of best.entries()) {
    if (!concept) continue;
    const { cosine, grade, rating, field } = concept.sightings[encoder]!;
    if (rating < options.minRating || rating === 0) continue;
    rows.push({
      ...base,
      predicate_id: evidencePredicate(concept, merged.concept, rating),
      ...object(concept),
      mapping_justification: "semapv:SemanticSimilarityThresholdMatching",
      confidence: score(grade / 5),
      similarity_score: score(cosine),
      similarity_measure: `cosine (${encoders[encoder]!.id})`,
      comment: `rated ${rating} of 5 by the ${field}${differing(concept)}`,
    });
  }
  return rows;
}

/** What an encoder's own best says; a homonym of the concept that was taken bears its name, but is not the same. */
function evidencePredicate(concept: ChosenConcept, taken: ChosenConcept, rating: number): string {
  if (concept.differs && isBroader(concept.differs)) return "skos:broadMatch";
  const isHomonym = concept.same?.field === "term" && concept !== taken;
  return isHomonym && rating === 5 ? predicateOf(4) : predicateOf(rating);
}

/** Why the nearest concept is not taken for the same. */
function whyNone(pair: MergedPair | undefined): SssomRow {
  if (pair?.concept.differs)
    return { comment: `nearest: ${oneLine(pair.concept.name)}${differing(pair.concept)}` };
  if (pair?.concept.rivals)
    return { comment: `ambiguous: ${[pair.concept.cui, ...pair.concept.rivals].join(", ")}` };
  return {};
}

/** A concept that the term only says more than is offered as a broader one. */
function broaderRow(pair: MergedPair | undefined): SssomRow[] {
  if (!pair?.concept.differs || !isBroader(pair.concept.differs) || pair.rating < 4) return [];
  const { confidence, concept } = pair;
  return [
    {
      predicate_id: "skos:broadMatch",
      mapping_justification: "semapv:CompositeMatching",
      confidence: score(confidence),
      comment: `rated ${pair.rating} of 5${differing(concept)}`,
    },
  ];
}

function differing({ differs }: Pick<ChosenConcept, "differs">): string {
  return differs ? `; differs: ${oneLine(differsText(differs))}` : "";
}

function justificationOf(pair: MergedPair | undefined): SssomRow {
  return pair?.reviewers
    ? { mapping_justification: MANUAL, author_label: pair.reviewers.map(multiValue).join("|") }
    : { mapping_justification: "semapv:CompositeMatching" };
}

function commentOf({ rating, concept }: MergedPair): string {
  const { probability } = concept;
  return `rated ${rating} of 5${probability === undefined ? "" : `, probability ${probability.toFixed(3)}`}`;
}

function predicateOf(rating: number): string {
  if (rating === 5) return "skos:exactMatch";
  return rating >= 3 ? "skos:closeMatch" : "skos:relatedMatch";
}

function header(
  { release, mode, encoders }: LexiconAlignment,
  texts: readonly (string | undefined)[][],
  { identifiers, license, date, toolVersion, literal }: RowOptions,
): string {
  const source = identifiers.source().curie;
  const used = encoders.map(({ id, hash }) => `${id} (${hash})`).join(", ");
  const lines = [
    "curie_map:",
    ...identifiers.prefixes.map(([prefix, iri]) => `  ${prefix}: ${quoted(iri)}`),
    `mapping_set_id: ${quoted(`${TERMDUET_IRI}mapping-set/${uuidOf(JSON.stringify([texts, release.fingerprint]))}`)}`,
    `mapping_set_description: ${quoted(`A lexicon aligned to ${release.dataset} ${release.release}, ${mode} mode, with the encoders ${used}`)}`,
    `license: ${quoted(license)}`,
    ...(literal ? ["subject_type: rdfs literal"] : []),
    `object_source: ${source}`,
    `object_source_version: ${quoted(release.release)}`,
    `mapping_tool: ${TOOL}`,
    `mapping_tool_version: ${quoted(toolVersion)}`,
    `mapping_date: ${quoted(date)}`,
  ];
  return lines.map((line) => `#${line}\n`).join("");
}

/** A YAML string: JSON's are a subset. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** By the columns in their order, by code point, what is absent last: as sssom-py sorts. */
function compareRows(a: readonly (string | undefined)[], b: readonly (string | undefined)[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (left === right) continue;
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  return 0;
}

/** At most three decimals, from 0 to 1. */
function score(value: number): string {
  return String(Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000);
}

function oneLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, " ");
}

/** One value of a slot that may hold several. */
function multiValue(text: string): string {
  return oneLine(text).replace(/[\\|]/g, "\\$&");
}

/** A UUID made of a hash (version 8 of RFC 9562), so that the same set has the same name. */
function uuidOf(content: string): string {
  const hash = createHash("sha256").update(content).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex", 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
