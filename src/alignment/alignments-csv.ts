import { differsText } from "../retrieval/rank/concept-differences.ts";
import type { AlignedEncoder, LexiconAlignment } from "./align-lexicon.ts";
import type { AlignedEntry, ChosenConcept } from "./aligned-entry.ts";
import { type Cell, type CsvDialect, CsvFile, listCell, safeText, withoutClash } from "./table-file.ts";

const FIXED = ["id", "term", "cui", "name", "string", "rating", "source"] as const;

/**
 * `alignments.csv`, one row per entry of the lexicon: the pair of the merge, what each encoder says of that concept,
 * then how probable it is and whether it is taken (strong mode), how it matched (`match_type`), whether all encoders rank this concept first (`agreement`), in what the term and
 * the name differ (`differs`), other concepts that the term may as well mean (`ambiguous`), and the concept that
 * each encoder itself ranks first; last the lexicon's other columns. Cosines have the seven digits of float32.
 */
export function writeAlignmentsCsv(
  path: string,
  { encoders, entries }: LexiconAlignment,
  csvFor: CsvDialect = "plain",
): void {
  const ids = encoders.map(({ id }) => id);
  const own = [
    ...FIXED,
    ...ids.flatMap((id) => [`${id}_cosine`, `${id}_rank`, `${id}_rating`]),
    "probability",
    "accepted",
    "match_type",
    "agreement",
    "differs",
    "ambiguous",
    ...ids.flatMap((id) => [`${id}_best_cui`, `${id}_best_name`, `${id}_best_cosine`, `${id}_best_rating`]),
  ];
  const carried = carriedColumns(entries, new Set(own));
  using file = new CsvFile(path, csvFor);
  file.row([...own, ...carried.map(({ name }) => safeText(name))]);
  for (const aligned of entries) {
    const others = carried.map(({ value }) => safeText(value(aligned)));
    file.row([...ownCells(aligned, encoders), ...others]);
  }
  file.flush();
}

function ownCells(aligned: AlignedEntry, encoders: readonly AlignedEncoder[]): Cell[] {
  const { entry, merged, best } = aligned;
  const pair = merged
    ? [safeText(merged.concept.cui), safeText(merged.concept.name), safeText(merged.string), merged.rating]
    : [undefined, undefined, undefined, undefined];
  const scores = encoders.flatMap((_, encoder): Cell[] => {
    const sighting = merged?.concept.sightings[encoder];
    return sighting
      ? [digits(sighting.cosine), sighting.rank, sighting.rating]
      : [undefined, undefined, undefined];
  });
  return [
    safeText(entry.id),
    safeText(entry.term),
    ...pair,
    sourceName(aligned, encoders),
    ...scores,
    merged?.concept.probability === undefined ? undefined : digits(merged.concept.probability),
    merged && String(merged.accepted),
    matchType(aligned),
    merged && String(agreement(aligned)),
    merged?.concept.differs && safeText(differsText(merged.concept.differs)),
    merged?.concept.rivals && safeText(listCell(merged.concept.rivals)),
    ...best.flatMap((concept, encoder) => bestCells(concept, encoder)),
  ];
}

function bestCells(concept: ChosenConcept | undefined, encoder: number): Cell[] {
  if (!concept) return [undefined, undefined, undefined, undefined];
  const { cosine, rating } = concept.sightings[encoder]!;
  return [safeText(concept.cui), safeText(concept.name), digits(cosine), rating];
}

/** Id of the encoder that the merged pair comes from, `exact` or `human`; undefined where there is no pair. */
export function sourceName(
  { merged }: AlignedEntry,
  encoders: readonly AlignedEncoder[],
): string | undefined {
  if (!merged) return undefined;
  return typeof merged.source === "string" ? merged.source : encoders[merged.source]!.id;
}

/** `exact` or `normalized` for the very same name, else `semantic`; undefined where there is no pair. */
function matchType({ merged }: AlignedEntry): "exact" | "normalized" | "semantic" | undefined {
  if (!merged) return undefined;
  return merged.source === "exact" || merged.source === "human"
    ? (merged.concept.same?.tier ?? "semantic")
    : "semantic";
}

/** Whether every encoder ranks the merged pair's concept first. */
function agreement({ merged, best }: AlignedEntry): boolean {
  return merged !== undefined && best.every((concept) => concept === merged.concept);
}

interface CarriedColumn {
  name: string;
  value: (aligned: AlignedEntry) => string;
}

/** The lexicon's columns that are not in ours: the known ones where any entry fills them, then the others. */
function carriedColumns(entries: readonly AlignedEntry[], taken: Set<string>): CarriedColumn[] {
  const known: CarriedColumn[] = [
    { name: "explanation", value: ({ entry }) => entry.explanation ?? "" },
    { name: "synonyms", value: ({ entry }) => entry.synonyms.join("|") },
    { name: "lang", value: ({ entry }) => entry.lang ?? "" },
  ];
  const filled = known.filter(({ value }) => entries.some((aligned) => value(aligned) !== ""));
  const extra = Object.keys(entries[0]?.entry.extra ?? {}).map((name) => ({
    name,
    value: ({ entry }: AlignedEntry) => entry.extra[name] ?? "",
  }));
  return [...filled, ...extra].map(({ name, value }) => {
    const free = withoutClash(name, taken);
    taken.add(free);
    return { name: free, value };
  });
}

/** Seven digits are what float32 holds. */
function digits(cosine: number): number {
  return Math.round(cosine * 1e7) / 1e7;
}
