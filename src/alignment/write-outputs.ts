import { writeFileSync } from "node:fs";
import { basename, extname } from "node:path";
import type { OnProgress } from "../terminology/progress.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import type { LexiconAlignment } from "./align-lexicon.ts";
import { type AlignmentSummary, type RunRecord, summarize } from "./alignment-summary.ts";
import { writeAlignmentsCsv } from "./alignments-csv.ts";
import { writeCandidates } from "./candidates-file.ts";
import { writeConceptMap } from "./concept-map.ts";
import type { EncoderChecks } from "./encoder-checks.ts";
import { Identifiers } from "./identifiers.ts";
import { writeJoinedCsv } from "./joined-csv.ts";
import type { MatcherModel } from "./matching/matcher.ts";
import { writeOaeiRdf } from "./oaei-rdf.ts";
import { writeOmopMap } from "./omop-map.ts";
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
  /** CONCEPT.csv of OMOP. */
  omopConcepts?: string;
  /** Of the strong mode. */
  matcher?: MatcherModel;
  /** What was looked at of the encoders themselves. */
  checks?: EncoderChecks;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

const NO_CHECKS: EncoderChecks = { unrelated: [], precisions: [] };
/** OMOP's vocabulary ids have at most so many characters. */
const MAX_VOCABULARY = 20;

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
  const { date, tool } = run;
  const mapping = { identifiers, minRating, license, date, toolVersion: tool.version };
  const summary = summarize(alignment, run, options.matcher);
  writeAlignmentsCsv(folder.path("alignments.csv"), alignment);
  writeCandidates(folder.path("candidates.jsonl"), alignment);
  writeSssom(folder.path("alignments.sssom.tsv"), alignment, mapping);
  writeOaeiRdf(folder.path("alignments.rdf"), alignment, identifiers, minRating);
  writeConceptMap(folder.path("conceptmap.json"), alignment, mapping);
  await writeOmopMap(folder.path("source_to_concept_map.csv"), alignment, store, {
    vocabulary: basename(run.lexicon.file, extname(run.lexicon.file)).slice(0, MAX_VOCABULARY),
    minRating,
    date,
    ...(options.omopConcepts === undefined ? {} : { concepts: options.omopConcepts }),
    ...(signal ? { signal } : {}),
  });
  await writeJoinedCsv(folder.path("joined.csv"), alignment, store, {
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  writeFileSync(folder.path("summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  writeReport(folder.path("report.html"), alignment, summary, options.checks ?? NO_CHECKS);
  return summary;
}
