import { basename } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { alignLexicon, type LexiconAlignment } from "../../alignment/align-lexicon.ts";
import type { AlignmentSummary, RatingRow } from "../../alignment/alignment-summary.ts";
import { CHOICES, type Choice } from "../../alignment/choose-pairs.ts";
import { checkEncoders, type EncoderChecks, floatTwin } from "../../alignment/encoder-checks.ts";
import { ALIGNMENT_MODES, type AlignmentMode } from "../../alignment/entry-texts.ts";
import { OutputFolder } from "../../alignment/output-folder.ts";
import { UNSPECIFIED_LICENSE } from "../../alignment/sssom-file.ts";
import { CSV_DIALECTS, type CsvDialect } from "../../alignment/table-file.ts";
import { TRANSLATION_SERVICES } from "../../alignment/translation/service-translator.ts";
import { writeOutputs } from "../../alignment/write-outputs.ts";
import type { EncoderCatalogue } from "../../encoder/catalogue.ts";
import type { Encoder } from "../../encoder/encoder-pool.ts";
import type { Provider } from "../../encoder/providers.ts";
import type { SearchFilter } from "../../retrieval/request/search-filter.ts";
import { TEXT_ENCODINGS, type TextEncoding } from "../../terminology/files/text-encoding.ts";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { PREPROCESSING_STEPS, type PreprocessingStep } from "../../text/preprocess.ts";
import { openExistingStore } from "../../vector-store/open-store.ts";
import type { ReleaseRecord } from "../../vector-store/release-record.ts";
import {
  checkFile,
  fileHash,
  matcherFor,
  preprocessingOf,
  readEntries,
  type TranslationOptions,
  translatorOf,
} from "../align-inputs.ts";
import {
  catalogueOf,
  datasetOption,
  encodersFolderOption,
  providerOption,
  storeOption,
} from "../common-options.ts";
import { openSearcher } from "../open-searcher.ts";
import { version } from "../paths.ts";
import { duration, grouped, progressLine } from "../progress-line.ts";
import { list, setting, share, whole } from "../settings.ts";
import { nextLine } from "../style.ts";

interface Options extends Pick<SearchFilter, "sab" | "lat" | "tty" | "sty">, TranslationOptions {
  dataset?: string;
  encodersFolder: string;
  provider: Provider;
  out: string;
  encoders?: string[];
  encoding?: TextEncoding;
  mode: AlignmentMode;
  exact?: boolean;
  minRating: number;
  license: string;
  conceptIri?: string;
  choose: Choice;
  oneToOne?: boolean;
  matcher?: string;
  preprocess: PreprocessingStep[];
  abbreviations?: string;
  omopConcepts?: string;
  csvFor: CsvDialect;
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
      ".csv, .tsv, .txt or .xlsx with a header: term, and optionally id, explanation, synonyms, lang",
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
        "plain: term and explanation as one text, as the paper; strong: also names by their letters, synonyms, the hierarchy, and a probability",
      )
        .choices(ALIGNMENT_MODES)
        .default("strong"),
    )
    .addOption(setting("--encoding <name>", "of the lexicon (default: found)").choices(TEXT_ENCODINGS))
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
    .addOption(
      setting(
        "--choose <how>",
        "which pairs of the strong mode are taken: f1, precision, all, or the least probability",
      )
        .argParser(choice)
        .default("f1"),
    )
    .option("--one-to-one", "strong mode: no concept is taken twice")
    .option(
      "--matcher <file>",
      "coefficients of the strong mode (default: the store's, else those that come along)",
    )
    .addOption(
      setting(
        "--preprocess <steps>",
        `before encoders read a text: none, paper (all), or of ${PREPROCESSING_STEPS.join(", ")}`,
      )
        .argParser(steps)
        .default([], "none"),
    )
    .option("--abbreviations <file>", "short form, tab, long form; with the step abbreviations")
    .option(
      "--translations <file>",
      "table of translations (source, translation) for encoders that need them",
    )
    .addOption(
      setting(
        "--translation-service <name>",
        "translates for encoders that need it; the key is TERMDUET_TRANSLATION_KEY",
      ).choices(TRANSLATION_SERVICES),
    )
    .addOption(setting("--translation-url <url>", "where the service is"))
    .addOption(
      setting("--translation-budget <characters>", "characters that may be sent in a run")
        .argParser(whole("--translation-budget", 1, 1e9))
        .default(500_000),
    )
    .addOption(
      setting("--translation-rate <n>", "requests a minute")
        .argParser(whole("--translation-rate", 1, 100_000))
        .default(60),
    )
    .option(
      "--omop-concepts <file>",
      "CONCEPT.csv of an OMOP vocabulary download (CONCEPT_RELATIONSHIP.csv beside it), for OMOP's map and Usagi",
    )
    .addOption(
      setting("--csv-for <program>", "whose CSV: plain, or for Excel to open as it is")
        .choices(CSV_DIALECTS)
        .default("plain"),
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
        : summaryText(summary, folder.folder, seconds) + nextLine(`termduet review ${options.out}`),
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
  const { dataset, encoders, mode, encoding, minRating, conceptIri, choose, oneToOne } = options;
  const filter = filterOf(options);
  const exact = options.exact ?? false;
  await checkFile(options.omopConcepts);
  const translator = await translatorOf(options);
  const preprocessing = await preprocessingOf(options.preprocess, entries, options.abbreviations);
  await using store = await openExistingStore(options.store);
  await using opened = openSearcher(store, catalogueOf(options), options.provider);
  const release = await opened.searcher.releases.resolve(dataset);
  const matcher = await matcherFor(store, release.dataset, options.matcher);
  const alignment = await alignLexicon(
    entries,
    {
      mode,
      filter,
      exact,
      matcher,
      choice: choose,
      oneToOne: oneToOne ?? false,
      onLeftOut: (message) => process.stderr.write(`termduet: ${message}\n`),
      ...(dataset === undefined ? {} : { dataset }),
      ...(encoders ? { encoders } : {}),
      ...(preprocessing ? { preprocessing } : {}),
      ...(translator ? { translator } : {}),
      ...control,
    },
    { store, searcher: opened.searcher },
  );
  const checks = await encoderChecks(alignment, release, opened, catalogueOf(options));
  const parameters = {
    mode,
    filter,
    exact,
    minRating,
    provider: options.provider,
    ...(mode === "strong" ? { choose, oneToOne: oneToOne ?? false, matcher: matcher.origin } : {}),
    preprocessing: options.preprocess,
    ...(preprocessing ? { abbreviations: preprocessing.abbreviations.size } : {}),
    ...(translator ? { translator: translator.name } : {}),
  };
  return await writeOutputs(folder, alignment, store, {
    run: {
      tool: { name: "termduet", version },
      date: today(),
      lexicon: {
        file: basename(path),
        sha256: await fileHash(path),
        encoding: encoding ?? "as found",
        rejected,
      },
      parameters,
    },
    minRating,
    license: options.license,
    csvFor: options.csvFor,
    ...(mode === "strong" ? { matcher } : {}),
    checks,
    ...(options.omopConcepts === undefined ? {} : { omopConcepts: options.omopConcepts }),
    ...(conceptIri === undefined ? {} : { conceptBase: conceptIri }),
    ...control,
  });
}

/** The encoders' own checks for the report; floating-point twins are looked for among the encoders installed. */
async function encoderChecks(
  alignment: LexiconAlignment,
  release: ReleaseRecord,
  { searcher, encoder }: ReturnType<typeof openSearcher>,
  catalogue: EncoderCatalogue,
): Promise<EncoderChecks> {
  const ids = alignment.encoders.map(({ id }) => id);
  const retrievers = await searcher.retrievers(release, ids);
  retrievers.sort(
    (a, b) => ids.indexOf(a.encoder.folder.manifest.id) - ids.indexOf(b.encoder.folder.manifest.id),
  );
  const known = catalogue.list();
  const others: { encoder: number; other: Encoder }[] = [];
  for (const [i, retriever] of retrievers.entries()) {
    const twin = floatTwin(retriever.encoder.folder, known);
    const other = twin && (await encoder(twin.manifest.id, twin.hash));
    if (other) others.push({ encoder: i, other });
  }
  return checkEncoders(alignment, retrievers, others);
}

function filterOf({ sab, lat, tty, sty }: Options): SearchFilter {
  return Object.fromEntries(Object.entries({ sab, lat, tty, sty }).filter(([, v]) => v !== undefined));
}

/** SOURCE_DATE_EPOCH, where it is set, makes the output the same byte by byte on another day. */
function today(): string {
  const epoch = process.env["SOURCE_DATE_EPOCH"];
  const at = epoch && /^\d+$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
  return at.toISOString().slice(0, 10);
}

function iri(name: string): (value: string) => string {
  return (value) => {
    if (/^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+$/.test(value)) return value;
    throw new InvalidArgumentError(
      `${name} takes an IRI such as https://creativecommons.org/licenses/by/4.0/`,
    );
  };
}

function choice(value: string): Choice {
  const named = CHOICES.find((name) => name === value);
  if (named) return named;
  const least = Number(value);
  if (value.trim() !== "" && least >= 0 && least <= 1) return least;
  throw new InvalidArgumentError(`--choose takes ${CHOICES.join(", ")} or a probability from 0 to 1`);
}

function steps(value: string): PreprocessingStep[] {
  if (value === "none") return [];
  if (value === "paper") return [...PREPROCESSING_STEPS];
  const wanted = list(value, undefined);
  const unknown = wanted.find((name) => !PREPROCESSING_STEPS.some((step) => step === name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`--preprocess takes none, paper, or of ${PREPROCESSING_STEPS.join(", ")}`);
  return PREPROCESSING_STEPS.filter((step) => wanted.includes(step));
}

function summaryText(summary: AlignmentSummary, out: string, seconds: number): string {
  const { dataset, release, entries, encoders, ratings, sources, agreement, choice } = summary;
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
    ...(choice
      ? [
          `  ${grouped(choice.taken)} of ${grouped(entries)} are accepted, at a probability of ${choice.threshold.toFixed(2)} or more`,
        ]
      : []),
    `results are in ${out}`,
  ];
  return `${lines.join("\n")}\n`;
}
