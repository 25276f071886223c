import { createHash } from "node:crypto";
import type { LexiconAlignment } from "./align-lexicon.ts";
import type { OmopConcept } from "./omop-concepts.ts";
import { safeText, TextFile, tableRow } from "./table-file.ts";
import { takenPair } from "./taken-pair.ts";

const COLUMNS = [
  "source_code",
  "source_concept_id",
  "source_vocabulary_id",
  "source_code_description",
  "target_concept_id",
  "target_vocabulary_id",
  "valid_start_date",
  "valid_end_date",
  "invalid_reason",
] as const;
const NO_END = "2099-12-31";
const MAX_CODE = 50;
const MAX_DESCRIPTION = 255;
/** "No matching concept" is concept 0, of the vocabulary "None". */
const NO_MATCH: Pick<OmopConcept, "id" | "vocabulary"> = { id: "0", vocabulary: "None" };

export interface OmopOptions {
  /** Name of the lexicon as a vocabulary, at most 20 characters. */
  vocabulary: string;
  /** Standard concepts by CUI; empty where no vocabulary was given. */
  concepts: ReadonlyMap<string, readonly OmopConcept[]>;
  minRating: number;
  /** ISO date. */
  date: string;
}

/**
 * `source_to_concept_map.csv` of OMOP's CDM 5.4: a row for each pair taken and each standard concept that it means; entries
 * without one map to concept 0, as the CDM asks for codes that have no target.
 */
export function writeOmopMap(
  path: string,
  { entries }: LexiconAlignment,
  { vocabulary, concepts, minRating, date }: OmopOptions,
): void {
  using file = new TextFile(path);
  file.write(tableRow(COLUMNS, ","));
  for (const aligned of entries) {
    const pair = takenPair(aligned, minRating);
    const found = (pair && concepts.get(pair.concept.cui)) ?? [];
    const { id, term } = aligned.entry;
    for (const target of found.length > 0 ? found : [NO_MATCH]) {
      const source = [omopCode(id), 0, safeText(vocabulary), safeText(cut(term, MAX_DESCRIPTION))];
      file.write(
        tableRow([...source, safeText(target.id), safeText(target.vocabulary), date, NO_END, undefined], ","),
      );
    }
  }
  file.flush();
}

/** A code of at most 50 characters; one that had to be cut ends in a hash, so that two that begin alike stay two. */
export function omopCode(id: string): string {
  const characters = [...id];
  if (characters.length <= MAX_CODE) return safeText(id);
  const hash = createHash("sha256").update(id).digest("hex").slice(0, 10);
  return safeText(`${cut(id, MAX_CODE - hash.length - 1)}~${hash}`);
}

function cut(text: string, most: number): string {
  return [...text].slice(0, most).join("");
}
