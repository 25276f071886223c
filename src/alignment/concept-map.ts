import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { LexiconAlignment } from "./align-lexicon.ts";
import { type Identifiers, TERMDUET_IRI } from "./identifiers.ts";
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

interface MappedElement {
  code: string;
  display: string;
  target: { code: string; display: string; rating: number; comment: string } | undefined;
}

/**
 * The pairs taken as a ConceptMap of FHIR R4 (`conceptmap.json`) and of R5 (`conceptmap.r5.json`), whose source codes are the
 * lexicon's ids. Entries without a pair are `unmatched`, in R5 `noMap`. The canonical url is the alignment's own: another
 * lexicon, release or result has another.
 */
export function writeConceptMaps(
  paths: { r4: string; r5: string },
  alignment: LexiconAlignment,
  options: ConceptMapOptions,
): void {
  const elements = alignment.entries.map((aligned): MappedElement => {
    const { id, term } = aligned.entry;
    const pair = takenPair(aligned, options.minRating);
    const target = pair && {
      code: pair.concept.cui,
      display: oneLine(pair.concept.name),
      rating: pair.rating,
      comment: `rated ${pair.rating} of 5, confidence ${pair.confidence.toFixed(3)}`,
    };
    return { code: oneLine(id), display: oneLine(term), target };
  });
  write(paths.r4, r4(alignment, options, elements));
  write(paths.r5, r5(alignment, options, elements));
}

function write(path: string, resource: object): void {
  writeFileSync(path, `${JSON.stringify(resource, null, 1)}\n`);
}

function r4(
  alignment: LexiconAlignment,
  options: ConceptMapOptions,
  elements: readonly MappedElement[],
): object {
  const { identifiers } = options;
  const element = elements.map(({ code, display, target }) => {
    if (!target) return { code, display, target: [{ equivalence: "unmatched" }] };
    const { rating, ...named } = target;
    return { code, display, target: [{ ...named, equivalence: equivalenceOf(rating) }] };
  });
  return {
    ...head(alignment, options, elements),
    copyright: options.license,
    group: [
      {
        source: identifiers.lexiconIri,
        target: identifiers.conceptSystem,
        targetVersion: alignment.release.release,
        element,
      },
    ],
  };
}

function r5(
  alignment: LexiconAlignment,
  options: ConceptMapOptions,
  elements: readonly MappedElement[],
): object {
  const { identifiers, license } = options;
  const element = elements.map(({ code, display, target }) => {
    if (!target) return { code, display, noMap: true };
    const { rating, ...named } = target;
    return {
      code,
      display,
      target: [{ ...named, relationship: rating === 5 ? "equivalent" : "related-to" }],
    };
  });
  return {
    ...head(alignment, options, elements),
    copyrightLabel: license,
    group: [
      {
        source: identifiers.lexiconIri,
        // A canonical's version stands behind a bar.
        target: `${identifiers.conceptSystem}|${alignment.release.release}`,
        element,
      },
    ],
  };
}

function head(
  { release, encoders, mode }: LexiconAlignment,
  { identifiers, toolVersion, date }: ConceptMapOptions,
  elements: readonly MappedElement[],
): object {
  const name = `${release.dataset}_${release.release}`.replace(/[^A-Za-z0-9_]/g, "_");
  const content = JSON.stringify([
    identifiers.lexiconIri,
    release.dataset,
    release.fingerprint,
    mode,
    elements,
  ]);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 32);
  return {
    resourceType: "ConceptMap",
    url: `${TERMDUET_IRI}conceptmap/${hash}`,
    version: date,
    name: `Lexicon_to_${name}`,
    title: `A lexicon aligned to ${release.dataset} ${release.release}`,
    status: "draft",
    experimental: false,
    date,
    description: `Made by Termduet ${toolVersion}, ${mode} mode, with ${encoders.map(({ id }) => id).join(" and ")}`,
  };
}

/** A FHIR string or code has no control characters, and no more than one space between. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
}
