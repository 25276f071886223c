import { writeFileSync } from "node:fs";
import type { LexiconAlignment } from "./align-lexicon.ts";
import { sourceName } from "./alignments-csv.ts";

/** `alignments.parquet`: the columns of `alignments.csv` that are of fixed names, typed, for those who analyse alignments. */
export async function writeAlignmentsParquet(
  path: string,
  { entries, encoders }: LexiconAlignment,
): Promise<void> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const column = <T>(name: string, type: string, of: (entry: (typeof entries)[number]) => T | undefined) => ({
    name,
    type: type as never,
    data: entries.map((entry) => of(entry) ?? null),
    nullable: true,
  });
  const columns = [
    column("id", "STRING", ({ entry }) => entry.id),
    column("term", "STRING", ({ entry }) => entry.term.toWellFormed()),
    column("lang", "STRING", ({ entry }) => entry.lang),
    column("cui", "STRING", ({ merged }) => merged?.concept.cui),
    column("name", "STRING", ({ merged }) => merged?.concept.name),
    column("string", "STRING", ({ merged }) => merged?.string),
    column("rating", "INT32", ({ merged }) => merged?.rating),
    column("source", "STRING", (aligned) => sourceName(aligned, encoders)),
    column("probability", "DOUBLE", ({ merged }) => merged?.concept.probability),
    column("accepted", "BOOLEAN", ({ merged }) => merged?.accepted),
    ...encoders.flatMap(({ id }, encoder) => [
      column(`${id}_cosine`, "FLOAT", ({ merged }) => merged?.concept.sightings[encoder]?.cosine),
      column(`${id}_rank`, "INT32", ({ merged }) => merged?.concept.sightings[encoder]?.rank),
      column(`${id}_rating`, "INT32", ({ merged }) => merged?.concept.sightings[encoder]?.rating),
    ]),
  ];
  writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData: columns, createdBy: "termduet" })));
}
