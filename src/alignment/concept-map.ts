import { writeFileSync } from "node:fs";
import type { LexiconAlignment } from "./align-lexicon.ts";
import type { Identifiers } from "./identifiers.ts";
import { takenPair } from "./taken-pair.ts";

export interface ConceptMapOptions {
  identifiers: Identifiers;
  minRating: number;
  /** ISO date. */
  date: string;
  toolVersion: string;
  /** IRI of the licence. */
  license: string;
}

/** Rating to ConceptMapEquivalence of FHIR R4: 5 equivalent, 4 and 3 related closely enough to be inexact, else related. */
function equivalenceOf(rating: number): "equivalent" | "inexact" | "relatedto" {
  if (rating === 5) return "equivalent";
  return rating >= 3 ? "inexact" : "relatedto";
}

/**
 * `conceptmap.json`: the pairs taken as a ConceptMap of FHIR R4, whose source codes are the lexicon's ids. Entries without a pair are
 * `unmatched`.
 */
export function writeConceptMap(path: string, alignment: LexiconAlignment, options: ConceptMapOptions): void {
  const { release, entries, encoders, mode } = alignment;
  const { identifiers, minRating, date, toolVersion, license } = options;
  const elements = entries.map((aligned) => {
    const { id, term } = aligned.entry;
    const pair = takenPair(aligned, minRating);
    const target = pair
      ? {
          code: pair.concept.cui,
          display: oneLine(pair.concept.name),
          equivalence: equivalenceOf(pair.rating),
          comment: `rated ${pair.rating} of 5, confidence ${pair.confidence.toFixed(3)}`,
        }
      : { equivalence: "unmatched" };
    return { code: oneLine(id), display: oneLine(term), target: [target] };
  });
  const name = `${release.dataset}_${release.release}`.replace(/[^A-Za-z0-9_]/g, "_");
  const resource = {
    resourceType: "ConceptMap",
    url: `${identifiers.lexiconIri}/conceptmap`,
    version: toolVersion,
    name: `Lexicon_to_${name}`,
    title: `A lexicon aligned to ${release.dataset} ${release.release}`,
    status: "draft",
    experimental: false,
    date,
    description: `Made by Termduet ${toolVersion}, ${mode} mode, with ${encoders.map(({ id }) => id).join(" and ")}`,
    copyright: license,
    group: [
      {
        source: identifiers.lexiconIri,
        target: identifiers.conceptSystem,
        targetVersion: release.release,
        element: elements,
      },
    ],
  };
  writeFileSync(path, `${JSON.stringify(resource, null, 1)}\n`);
}

/** A FHIR string or code has no control characters, and no more than one space between. */
function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}
