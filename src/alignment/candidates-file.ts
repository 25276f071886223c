import type { LexiconAlignment } from "./align-lexicon.ts";
import type { AlignedEntry, ChosenConcept } from "./aligned-entry.ts";
import { TextFile } from "./table-file.ts";

/**
 * `candidates.jsonl`: one line per entry, in the lexicon's order, with the concepts that it may be: what a reviewer chooses from, and what
 * `evaluate alignment` ranks. `{id, ranking: [{cui, name, semanticTypes, probability?, matchType}], candidates: {ENCODER: [{cui, name, string,
 * cosine, rating, rank, grade, field}]}, merged: {cui, confidence} | null}`: `ranking` best first, each encoder's list by its own rank.
 */
export function writeCandidates(path: string, { encoders, entries }: LexiconAlignment): void {
  using file = new TextFile(path);
  for (const aligned of entries) {
    const { entry, candidates, merged } = aligned;
    const lists = encoders.map(({ id }, encoder) => [id, seenBy(candidates, encoder)] as const);
    const line = {
      id: entry.id,
      ranking: rankingOf(aligned),
      candidates: Object.fromEntries(lists),
      merged: merged ? { cui: merged.concept.cui, confidence: rounded(merged.confidence, 1e4) } : null,
    };
    file.write(`${JSON.stringify(line)}\n`);
  }
  file.flush();
}

function rankingOf({ candidates, merged }: AlignedEntry): object[] {
  const ordered = merged
    ? [merged.concept, ...candidates.filter((candidate) => candidate !== merged.concept)]
    : candidates;
  return ordered.map(({ cui, name, semanticTypes, probability, same }) => ({
    cui,
    name,
    semanticTypes,
    ...(probability === undefined ? {} : { probability: rounded(probability, 1e4) }),
    matchType: same?.tier ?? "semantic",
  }));
}

function seenBy(candidates: readonly ChosenConcept[], encoder: number): object[] {
  return candidates
    .flatMap(({ cui, name, sightings }) => {
      const sighting = sightings[encoder];
      return sighting ? [{ cui, name, ...sighting }] : [];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ cosine, grade, ...rest }) => ({
      ...rest,
      cosine: rounded(cosine, 1e7),
      grade: rounded(grade, 1e4),
    }));
}

function rounded(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
