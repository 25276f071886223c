import { writeFileSync } from "node:fs";
import { basename, extname } from "node:path";
import type { OnProgress } from "../terminology/progress.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import type { LexiconAlignment } from "./align-lexicon.ts";
import { type AlignmentSummary, type RunRecord, summarize } from "./alignment-summary.ts";
import { writeAlignmentsCsv } from "./alignments-csv.ts";
import { writeAlignmentsParquet } from "./alignments-parquet.ts";
import { writeAlignmentsXlsx } from "./alignments-xlsx.ts";
import { writeCandidates } from "./candidates-file.ts";
import { writeConceptMaps } from "./concept-map.ts";
import type { EncoderChecks } from "./encoder-checks.ts";
import { Identifiers } from "./identifiers.ts";
import { writeJoinedCsv } from "./joined-csv.ts";
import type { MatcherModel } from "./matching/matcher.ts";
import { writeOaeiRdf } from "./oaei-rdf.ts";
import { omopConcepts } from "./omop-concepts.ts";
import { writeOmopMap } from "./omop-map.ts";
import type { OutputFolder } from "./output-folder.ts";
import { writeReport } from "./report/report-html.ts";
import { writeSssom } from "./sssom-file.ts";
import type { CsvDialect } from "./table-file.ts";
import { writeUsagiCsv } from "./usagi-csv.ts";

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
  /** Whose spreadsheet the CSV files are for; `plain` when left out. */
  csvFor?: CsvDialect | undefined;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
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
  const { run, minRating, license, conceptBase, onProgress, signal, csvFor = "plain" } = options;
  const identifiers = new Identifiers({
    dataset: alignment.release.dataset,
    lexicon: run.lexicon.file,
    ...(conceptBase === undefined ? {} : { conceptBase }),
  });
  const { date, tool } = run;
  const mapping = { identifiers, minRating, license, date, toolVersion: tool.version };
  const summary = summarize(alignment, run, options.matcher);
  writeAlignmentsCsv(folder.path("alignments.csv"), alignment, csvFor);
  await writeAlignmentsXlsx(folder.path("alignments.xlsx"), alignment, store, { signal });
  await writeAlignmentsParquet(folder.path("alignments.parquet"), alignment);
  writeCandidates(folder.path("candidates.jsonl"), alignment);
  writeSssom(folder.path("alignments.sssom.tsv"), alignment, mapping);
  writeOaeiRdf(folder.path("alignments.rdf"), alignment, identifiers, minRating);
  writeConceptMaps(
    { r4: folder.path("conceptmap.json"), r5: folder.path("conceptmap.r5.json") },
    alignment,
    mapping,
  );
  const concepts =
    options.omopConcepts === undefined
      ? new Map()
      : await omopConcepts(alignment, store, { concepts: options.omopConcepts, minRating, signal });
  writeOmopMap(folder.path("source_to_concept_map.csv"), alignment, {
    vocabulary: basename(run.lexicon.file, extname(run.lexicon.file)).slice(0, MAX_VOCABULARY),
    concepts,
    minRating,
    date,
  });
  writeUsagiCsv(folder.path("usagi.csv"), alignment, { concepts, date });
  await writeJoinedCsv(folder.path("joined.csv"), alignment, store, { onProgress, signal, csvFor });
  writeFileSync(folder.path("summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  writeReport(folder.path("report.html"), alignment, summary, options.checks ?? NO_CHECKS);
  return summary;
}
