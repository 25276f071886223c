import type { LexiconAlignment } from "./align-lexicon.ts";
import type { OmopConcept } from "./omop-concepts.ts";
import { safeText, TextFile, tableRow } from "./table-file.ts";

/** Columns of Usagi's own files (OHDSI Usagi 1.4, "Save"), then what it keeps of others as additional information. */
const COLUMNS = [
  "sourceCode",
  "sourceName",
  "sourceFrequency",
  "sourceAutoAssignedConceptIds",
  "matchScore",
  "mappingStatus",
  "equivalence",
  "statusSetBy",
  "statusSetOn",
  "conceptId",
  "conceptName",
  "domainId",
  "mappingType",
  "comment",
  "createdBy",
  "createdOn",
  "assignedReviewer",
  "ADD_INFO:cui",
  "ADD_INFO:accepted",
] as const;

/**
 * `usagi.csv`: all entries, to be opened in Usagi and gone through there. What a person has rated is APPROVED; what the
 * program takes stays UNCHECKED, with the concept as the suggestion: nobody has looked at it yet.
 */
export function writeUsagiCsv(
  path: string,
  { entries }: LexiconAlignment,
  { concepts, date }: { concepts: ReadonlyMap<string, readonly OmopConcept[]>; date: string },
): void {
  const now = Date.parse(`${date}T00:00:00Z`);
  using file = new TextFile(path);
  file.write(tableRow(COLUMNS, ","));
  for (const { entry, merged } of entries) {
    const targets = (merged && concepts.get(merged.concept.cui)) ?? [];
    const isRated = merged?.source === "human" && merged.accepted;
    for (const target of targets.length > 0 ? targets : [undefined])
      file.write(
        tableRow(
          [
            safeText(entry.id),
            safeText(entry.term),
            -1,
            targets.map(({ id }) => id).join(";"),
            merged ? Math.round(merged.confidence * 1000) / 1000 : 0,
            isRated ? "APPROVED" : "UNCHECKED",
            merged?.rating === 5 ? "EQUAL" : merged ? "INEXACT" : "UNREVIEWED",
            isRated ? safeText(merged.reviewers?.join(" ") ?? "") : undefined,
            isRated ? now : 0,
            target?.id ?? 0,
            target ? safeText(target.name) : "Unmapped",
            target?.domain,
            "MAPS_TO",
            merged ? safeText(`${merged.concept.name}, rated ${merged.rating} of 5`) : undefined,
            "Termduet",
            now,
            undefined,
            merged && safeText(merged.concept.cui),
            merged && String(merged.accepted),
          ],
          ",",
        ),
      );
  }
  file.flush();
}
