import { writeFileSync } from "node:fs";
import type { OnProgress } from "../terminology/progress.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import type { LexiconAlignment } from "./align-lexicon.ts";
import { type AlignmentSummary, type RunRecord, summarize } from "./alignment-summary.ts";
import { writeAlignmentsCsv } from "./alignments-csv.ts";
import { Identifiers } from "./identifiers.ts";
import { writeJoinedCsv } from "./joined-csv.ts";
import { writeOaeiRdf } from "./oaei-rdf.ts";
import type { OutputFolder } from "./output-folder.ts";
import { writeReport } from "./report/report-html.ts";
import { writeSssom } from "./sssom-file.ts";

export interface OutputOptions {
  run: RunRecord;
  /** Pairs rated lower are no mappings in the SSSOM and RDF files. */
  minRating: number;
  /** IRI of the licence of the mappings. */
  license: string;
  /** What a CUI stands behind as an IRI. */
  conceptBase?: string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Writes all files of an alignment; the same alignment and options give the same bytes. */
export async function writeOutputs(
  folder: OutputFolder,
  alignment: LexiconAlignment,
  store: VectorStore,
  options: OutputOptions,
): Promise<AlignmentSummary> {
  const { run, minRating, license, conceptBase, onProgress, signal } = options;
  const identifiers = new Identifiers({
    dataset: alignment.release.dataset,
    lexicon: run.lexicon.file,
    ...(conceptBase === undefined ? {} : { conceptBase }),
  });
  const summary = summarize(alignment, run);
  writeAlignmentsCsv(folder.path("alignments.csv"), alignment);
  writeSssom(folder.path("alignments.sssom.tsv"), alignment, {
    identifiers,
    minRating,
    license,
    date: run.date,
    toolVersion: run.tool.version,
  });
  writeOaeiRdf(folder.path("alignments.rdf"), alignment, identifiers, minRating);
  await writeJoinedCsv(folder.path("joined.csv"), alignment, store, {
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  writeFileSync(folder.path("summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  writeReport(folder.path("report.html"), alignment, summary);
  return summary;
}
