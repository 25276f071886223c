import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The texts of each `*.tsv` of labelled queries; those of the sample where the folder is not there. */
export function devQueries(folder: string): string[][] {
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".tsv"))
        .map((name) => join(folder, name))
    : ["sample/queries.tsv"];
  return files.map((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .slice(1)
      .filter(Boolean)
      .map((line) => line.split("\t")[0]!),
  );
}

/** One of each set in turn; no text twice. */
export function mixedQueries(folder: string): string[] {
  const lists = devQueries(folder);
  const longest = Math.max(...lists.map((list) => list.length));
  return [
    ...new Set(Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat()),
  ];
}
