import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { alignLexicon } from "../alignment/align-lexicon.ts";
import type { AlignmentSummary, RatingRow } from "../alignment/alignment-summary.ts";
import { ALIGNMENT_MODES, type AlignmentMode, tooLong } from "../alignment/entry-texts.ts";
import { OutputFolder } from "../alignment/output-folder.ts";
import { UNSPECIFIED_LICENSE } from "../alignment/sssom-file.ts";
import { writeOutputs } from "../alignment/write-outputs.ts";
import type { Provider } from "../encoder/providers.ts";
import type { SearchFilter } from "../retrieval/search-filter.ts";
import { type LexiconEntry, readLexicon } from "../terminology/lexicon.ts";
import type { LexiconEncoding } from "../terminology/lexicon-encoding.ts";
import type { OnProgress } from "../terminology/progress.ts";
import { RejectsFile, rejectOf, tooMany } from "../terminology/rejects-file.ts";
import type { Reject } from "../terminology/release-source.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { openStore } from "../vector-store/open-store.ts";
import {
  catalogueOf,
  datasetOption,
  encodersFolderOption,
  providerOption,
  storeOption,
} from "./common-options.ts";
import { openSearcher } from "./open-searcher.ts";
import { version } from "./paths.ts";
import { duration, grouped, progressLine } from "./progress-line.ts";
import { list, setting, share, whole } from "./settings.ts";

interface Options extends Pick<SearchFilter, "sab" | "lat" | "tty" | "sty"> {
  dataset?: string;
  store: string;
  encodersFolder: string;
  provider: Provider;
  out: string;
  encoders?: string[];
  encoding: LexiconEncoding;
  mode: AlignmentMode;
  exact?: boolean;
  minRating: number;
  license: string;
  conceptIri?: string;
  maxRejectShare: number;
  force?: boolean;
  quiet?: boolean;
  json?: boolean;
}

export function alignCommand(): Command {
  const command = new Command("align")
    .description("align a lexicon to the active release, and write the pairs, the evidence and a report")
    .argument(
      "<lexicon>",
      ".csv, .tsv or .txt with a header: term, and optionally id, explanation, synonyms, lang",
    )
    .requiredOption("--out <dir>", "folder for the results; it appears whole or not at all")
    .addOption(
      setting(
        "--encoders <list>",
        "encoders to ask, the leading one first (default: all of the release)",
      ).argParser(list),
    )
    .addOption(
      setting(
        "--mode <mode>",
        "plain: term and explanation as one text; strong: also the term and its synonyms alone, and the very same names first",
      )
        .choices(ALIGNMENT_MODES)
        .default("strong"),
    )
    .addOption(setting("--encoding <name>", "of the lexicon").choices(["utf-8", "latin1"]).default("utf-8"))
    .option("--sab <list>", "align to these sources alone", list)
    .option("--lat <list>", "align to these languages alone, e.g. FRE", list)
    .option("--tty <list>", "align to these term types alone", list)
    .option("--sty <list>", "align to these semantic types alone, e.g. T047", list)
    .option("--exact", "compare with every vector instead of asking the index (slow)")
    .addOption(
      setting("--min-rating <n>", "pairs rated lower are no mappings in the SSSOM and RDF files")
        .argParser(whole("--min-rating", 0, 5))
        .default(1),
    )
    .addOption(
      setting("--license <iri>", "licence of the mappings")
        .argParser(iri("--license"))
        .default(UNSPECIFIED_LICENSE),
    )
    .addOption(
      setting(
        "--concept-iri <base>",
        "IRI that a CUI is put behind (default: NLM's for datasets named umls…)",
      ).argParser(iri("--concept-iri")),
    )
    .addOption(
      setting("--max-reject-share <share>", "share of unreadable rows that stops the run")
        .argParser(share("--max-reject-share"))
        .default(0.1),
    )
    .option("--force", "replace the files that --out holds")
    .option("--quiet", "no progress")
    .option("--json", "the summary as JSON on stdout");
  for (const add of [datasetOption, storeOption, providerOption, encodersFolderOption]) add(command);
  return command.action(run);
}

async function run(lexicon: string, options: Options): Promise<void> {
  const started = Date.now();
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  using folder = OutputFolder.begin(options.out, options.force ?? false);
  const progress = progressLine(process.stderr, options.quiet ?? false);
  try {
    const summary = await align(lexicon, options, folder, {
      onProgress: progress.onProgress,
      signal: stop.signal,
    });
    folder.commit();
    progress.end();
    const seconds = (Date.now() - started) / 1000;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ ...summary, out: folder.folder, seconds })}\n`
        : summaryText(summary, folder.folder, seconds),
    );
  } catch (error) {
    progress.end();
    if (!stop.signal.aborted) throw error;
    throw new TermduetError("unavailable", `stopped; ${options.out} was left as it was`, { cause: error });
  }
}

async function align(
  path: string,
  options: Options,
  folder: OutputFolder,
  control: { onProgress: OnProgress; signal: AbortSignal },
): Promise<AlignmentSummary> {
  const { entries, rejected } = await readEntries(path, options, folder);
  const { sab, lat, tty, sty, dataset, encoders, mode, encoding, minRating, conceptIri } = options;
  const filter = Object.fromEntries(
    Object.entries({ sab, lat, tty, sty }).filter(([, v]) => v !== undefined),
  );
  await using store = await openStore(options.store);
  await using opened = openSearcher(store, catalogueOf(options), options.provider);
  const alignment = await alignLexicon(
    entries,
    {
      mode,
      filter,
      exact: options.exact ?? false,
      ...(dataset === undefined ? {} : { dataset }),
      ...(encoders ? { encoders } : {}),
      ...control,
    },
    { store, searcher: opened.searcher },
  );
  return await writeOutputs(folder, alignment, store, {
    run: {
      tool: { name: "termduet", version },
      date: today(),
      lexicon: { file: basename(path), sha256: sha256(path), encoding, rejected },
      parameters: { mode, filter, exact: options.exact ?? false, minRating, provider: options.provider },
    },
    minRating,
    license: options.license,
    ...(conceptIri === undefined ? {} : { conceptBase: conceptIri }),
    ...control,
  });
}

/** The entries that can be aligned; rows that can't go to `rejects.tsv`, and too many of them stop the run. */
async function readEntries(
  path: string,
  { encoding, maxRejectShare }: Options,
  folder: OutputFolder,
): Promise<{ entries: LexiconEntry[]; rejected: number }> {
  using rejects = new RejectsFile(folder.path("rejects.tsv"));
  let first: Reject | undefined;
  const onReject = (reject: Reject): void => {
    first ??= reject;
    rejects.add(reject);
  };
  const entries = (await readLexicon(path, { encoding, onReject })).filter((entry) => {
    const reason = tooLong(entry);
    if (reason !== undefined) onReject(rejectOf(path, entry.line, reason, entry.term));
    return reason === undefined;
  });
  const rejected = rejects.count;
  if (entries.length === 0 || tooMany(entries.length + rejected, rejected, maxRejectShare)) {
    throw new TermduetError(
      "bad-input",
      `${path}: ${grouped(rejected)} of ${grouped(entries.length + rejected)} rows can't be read, first line ${first!.line}: ${first!.reason}; mend them, or raise --max-reject-share`,
    );
  }
  if (first) {
    process.stderr.write(
      `termduet: ${path}: ${grouped(rejected)} rows are left out, first line ${first.line}: ${first.reason}; all are in rejects.tsv\n`,
    );
  }
  return { entries, rejected };
}

/** SOURCE_DATE_EPOCH, where it is set, makes the output the same byte by byte on another day. */
function today(): string {
  const epoch = process.env["SOURCE_DATE_EPOCH"];
  const at = epoch && /^\d+$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
  return at.toISOString().slice(0, 10);
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

function iri(name: string): (value: string) => string {
  return (value) => {
    if (/^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+$/.test(value)) return value;
    throw new InvalidArgumentError(
      `${name} takes an IRI such as https://creativecommons.org/licenses/by/4.0/`,
    );
  };
}

function summaryText(summary: AlignmentSummary, out: string, seconds: number): string {
  const { dataset, release, entries, encoders, ratings, sources, agreement } = summary;
  const names = [...encoders.map(({ id }) => id), "complementarity"];
  const width = Math.max(...names.map((name) => name.length));
  const cell = (value: string | number): string => String(value).padStart(8);
  const row = (name: string): string => {
    const counts = ratings[name]! satisfies RatingRow;
    return `  ${name.padEnd(width)}${(["0", "1", "2", "3", "4", "5"] as const).map((r) => cell(grouped(counts[r]))).join("")}`;
  };
  const lines = [
    `${grouped(entries)} entries aligned to ${dataset} ${release} in ${duration(seconds)}`,
    `  ${"rated".padEnd(width)}${["@0", "@1", "@2", "@3", "@4", "@5"].map(cell).join("")}`,
    ...names.map(row),
    `  ${grouped(sources["exact"]!)} by their very names · the encoders agree on ${grouped(agreement.sameConcept)} · ${grouped(sources["none"]!)} without a concept`,
    `results are in ${out}`,
  ];
  return `${lines.join("\n")}\n`;
}
