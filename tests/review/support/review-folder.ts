import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SAMPLE } from "../../support/sample-store.ts";

export const ENCODERS = ["tiny-bert", "tiny-xlmr"] as const;

/** Concepts of the sample release with one of their names, in the order of the file. */
export function sampleConcepts(): { cui: string; name: string }[] {
  const names = new Map<string, string>();
  for (const line of readFileSync(join(SAMPLE, "META", "MRCONSO.RRF"), "utf8").split("\n")) {
    const columns = line.split("|");
    if (columns[1] === "ENG" && !names.has(columns[0]!)) names.set(columns[0]!, columns[14]!);
  }
  return [...names].map(([cui, name]) => ({ cui, name }));
}

/**
 * The folder of an alignment as `termduet align` leaves it: entry `i` has the `i`-th concept as its pair and as the
 * first encoder's choice, the next one as the second encoder's choice, and the one after that as the second's second.
 * So each entry has two pairs to rate and one more candidate.
 */
export function writeReviewFolder(folder: string, entries: number, { candidates = true } = {}): void {
  mkdirSync(folder, { recursive: true });
  const concepts = sampleConcepts();
  const at = (i: number): { cui: string; name: string } => concepts[i % concepts.length]!;
  const [a, b] = ENCODERS;
  const rows = ["id,term,cui,name,string,rating,source"];
  rows[0] += ENCODERS.map((id) => `,${id}_cosine,${id}_rank,${id}_rating`).join("");
  rows[0] += ",match_type,agreement";
  rows[0] += ENCODERS.map((id) => `,${id}_best_cui,${id}_best_name,${id}_best_cosine,${id}_best_rating`).join(
    "",
  );
  rows[0] += ",explanation,synonyms,lang,note";
  const lines: string[] = [];
  for (let i = 0; i < entries; i++) {
    const [first, second, third] = [at(i), at(i + 1), at(i + 2)];
    const explanation = `What people call ${first.name.toLowerCase()}`;
    rows.push(
      [
        `E${i}`,
        quoted(`lay ${first.name}`),
        first.cui,
        quoted(first.name),
        quoted(first.name),
        4,
        a,
        ...[0.91, 1, 4],
        ...[0.52, 3, 2],
        "semantic,false",
        ...[first.cui, quoted(first.name), 0.91, 4],
        ...[second.cui, quoted(second.name), 0.83, 3],
        quoted(explanation),
        "this|that",
        "en",
        `n${i}`,
      ].join(","),
    );
    const seen = (concept: { cui: string; name: string }, cosine: number, rating: number, rank: number) => ({
      ...concept,
      string: concept.name,
      cosine,
      rating,
      rank,
    });
    lines.push(
      JSON.stringify({
        id: `E${i}`,
        term: `lay ${first.name}`,
        explanation,
        lang: "en",
        candidates: {
          [a]: [seen(first, 0.91, 4, 1)],
          [b]: [seen(second, 0.83, 3, 1), seen(third, 0.61, 2, 2), seen(first, 0.52, 2, 3)],
        },
        merged: { ...first, string: first.name, rating: 4, source: a },
      }),
    );
  }
  writeFileSync(join(folder, "alignments.csv"), `${rows.join("\n")}\n`);
  if (candidates) writeFileSync(join(folder, "candidates.jsonl"), `${lines.join("\n")}\n`);
  const summary = {
    dataset: "sample",
    release: "1",
    mode: "strong",
    encoders: ENCODERS.map((id) => ({ id, hash: "0".repeat(16), precision: "float32", dimension: 32 })),
    lexicon: { file: "lay.csv", sha256: "0".repeat(64), encoding: "utf-8", rejected: 0 },
    parameters: { mode: "strong" },
  };
  writeFileSync(join(folder, "summary.json"), JSON.stringify(summary));
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
