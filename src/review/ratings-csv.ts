import { createHash } from "node:crypto";
import { safeText, TextFile, tableRow, textOfCell } from "../alignment/table-file.ts";
import { labelledTable } from "../evaluation/datasets/labelled-table.ts";
import type { ColumnNames } from "../terminology/table/table-header.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { CurrentRating, RatingEvent } from "./ratings-database.ts";
import type { ReviewSheet } from "./review-sheet.ts";

const HEADER = ["id", "cui", "reviewer", "rating", "at", "rating_id", "term", "name"] as const;

/** The present ratings as CSV, one row per entry, concept and reviewer; `term` and `name` are for the reader. */
export function ratingsCsv({ entries }: ReviewSheet, ratings: readonly CurrentRating[]): string {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const rows = ratings.map(({ entry: id, cui, reviewer, rating, at, id: ratingId }) => {
    const entry = byId.get(id);
    const proposed = entry && [
      ...(entry.merged ? [entry.merged] : []),
      ...Object.values(entry.candidates).flat(),
    ];
    const name = proposed?.find((candidate) => candidate.cui === cui)?.name ?? "";
    const texts = [entry?.term ?? "", name].map(safeText);
    return tableRow([safeText(id), safeText(cui), safeText(reviewer), rating, at, ratingId, ...texts], ",");
  });
  return tableRow(HEADER, ",") + rows.join("");
}

export function writeRatingsCsv(path: string, sheet: ReviewSheet, ratings: readonly CurrentRating[]): void {
  using file = new TextFile(path);
  file.write(ratingsCsv(sheet, ratings));
  file.flush();
}

type Column = "id" | "cui" | "reviewer" | "rating" | "at" | "rating id";

const COLUMNS: ColumnNames<Column> = {
  id: ["id"],
  cui: ["cui"],
  reviewer: ["reviewer"],
  rating: ["rating"],
  at: ["at"],
  "rating id": ["rating id"],
};

/** Reviewers' names: letters, digits, and what stands between them in names and addresses. */
export const REVIEWER_NAME: RegExp = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} .,_'’@+-]{0,59}$/u;

/**
 * Reads ratings from a `.csv` or `.tsv`: columns id, cui, reviewer and rating, and where they are there `at` (ISO 8601)
 * and `rating_id`. A row without an id of its own gets one made of its content, so that the same file read twice is
 * read once.
 * Errors: `not-found`; `bad-input` with the line for the first row that is wrong: nothing of such a file is taken.
 */
export async function readRatingsCsv(
  path: string,
  { entries }: ReviewSheet,
  now: string,
): Promise<(RatingEvent & { at: string })[]> {
  const known = new Set(entries.map(({ id }) => id));
  const rows = await labelledTable(path, COLUMNS, ["id", "cui", "reviewer", "rating"]);
  return rows.map(({ line, cells }) => {
    const wrong = (reason: string): TermduetError =>
      new TermduetError("bad-input", `${path}, line ${line}: ${reason}; nothing was imported`);
    const [entry, cui, reviewer] = [textOfCell(cells.id), textOfCell(cells.cui), textOfCell(cells.reviewer)];
    if (!known.has(entry)) throw wrong("the alignment has no entry of this id");
    if (cui === "") throw wrong("the cui is empty");
    if (!REVIEWER_NAME.test(reviewer)) throw wrong("the reviewer must be a name of at most 60 letters");
    if (!/^[0-5]$/.test(cells.rating)) throw wrong("the rating must be a whole number from 0 to 5");
    const at = cells.at === "" ? now : timeOf(cells.at);
    if (at === undefined) throw wrong("the time must be as 2026-01-31T12:00:00Z");
    const rating = Number(cells.rating);
    const id = cells["rating id"] || contentId([entry, cui, reviewer, rating, cells.at]);
    return { id, entry, cui, reviewer, rating, at };
  });
}

function timeOf(text: string): string | undefined {
  const time = new Date(text);
  return /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime()) ? time.toISOString() : undefined;
}

function contentId(content: readonly (string | number)[]): string {
  return `csv-${createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 32)}`;
}
