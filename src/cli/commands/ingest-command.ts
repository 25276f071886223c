import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { finishParts } from "../../../ingest/finish/finish-parts.ts";
import { type IngestOptions, type IngestSummary, ingest } from "../../../ingest/ingest.ts";
import { parseShard, type Shard } from "../../../ingest/work/shard.ts";
import type { Provider } from "../../encoder/providers.ts";
import { TEXT_ENCODINGS, type TextEncoding } from "../../terminology/files/text-encoding.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { openStore, storeIsThere } from "../../vector-store/open-store.ts";
import {
  catalogueOf,
  encodersFolderOption,
  localFolder,
  providerOption,
  storeOption,
} from "../common-options.ts";
import { duration, grouped, progressLine } from "../progress-line.ts";
import { list, setting, share, whole } from "../settings.ts";
import { nextLine } from "../style.ts";

export interface IngestCommandOptions {
  dataset: string;
  release: string;
  store: string;
  encoder?: string[];
  encodersFolder: string;
  provider: Provider;
  sab?: string[];
  lat?: string[];
  tty?: string[];
  sty?: string[];
  glosses?: string[];
  mentions?: string[];
  includeSuppressed?: boolean;
  part?: Shard;
  finish?: boolean;
  resume?: boolean;
  restart?: boolean;
  /** What to do with unfinished work, for callers that are no command line. */
  mode?: IngestOptions["mode"];
  dryRun?: boolean;
  encoding?: TextEncoding;
  maxRejectShare: number;
  blockSize: number;
  workers?: number;
  work?: string;
  quiet?: boolean;
  json?: boolean;
}

export function ingestCommand(): Command {
  const command = new Command("ingest")
    .argument(
      "[source]",
      "META directory, MRCONSO.RRF (plain or .gz), UMLS zip, .obo, OBO-graph .json, or .tsv/.csv of terms",
    )
    .addOption(setting("--dataset <name>", "name of the terminology, e.g. umls").makeOptionMandatory())
    .addOption(setting("--release <name>", "name of the release, e.g. 2024AB").makeOptionMandatory())
    .addOption(
      setting(
        "--encoder <id>",
        "encoder id or folder; repeat for several (default: the two bundled ones)",
      ).argParser(list),
    )
    .addOption(setting("--sab <list>", "keep these sources alone").argParser(list))
    .addOption(setting("--lat <list>", "keep these languages alone, e.g. ENG,FRE").argParser(list))
    .addOption(setting("--tty <list>", "keep these term types alone").argParser(list))
    .addOption(
      setting("--sty <list>", "keep concepts of these semantic types alone, e.g. T047").argParser(list),
    )
    .addOption(
      setting(
        "--glosses <file>",
        "explanations of names that you bring: .tsv, .csv or .jsonl with name, gloss, lang, source, licence; repeat for several",
      ).argParser(files),
    )
    .addOption(
      setting(
        "--mentions <file>",
        "annotated mentions of concepts in texts: PubTator, BioC (.xml, .json), BRAT (.ann or a folder), or a table with mention, id, context; repeat for several",
      ).argParser(files),
    )
    .addOption(setting("--include-suppressed", "keep obsolete and suppressed atoms too"))
    .addOption(
      setting("--encoding <name>", "of a table or an OBO file (default: found)").choices(TEXT_ENCODINGS),
    )
    .option("--resume", "go on with an ingest that was stopped")
    .option("--restart", "throw away what a stopped ingest left, and begin again")
    .addOption(
      setting(
        "--part <i/n>",
        "ingest the i-th of n parts; as many processes as there are parts share the work (Qdrant)",
      ).argParser(parseShard),
    )
    .option("--finish", "index, verify and activate a release whose parts are all there; takes no source")
    .option("--dry-run", "read and check the source, write nothing")
    .addOption(
      setting("--max-reject-share <share>", "share of malformed rows that stops the run")
        .argParser(share("--max-reject-share"))
        .default(0.001),
    )
    .addOption(
      setting(
        "--workers <n>",
        "most encoder threads per encoder (default: as many as cores and memory hold)",
      ).argParser(whole("--workers", 1, 256)),
    )
    .addOption(
      setting("--block-size <n>", "atoms that are encoded and written together")
        .argParser(whole("--block-size", 100, 1_000_000))
        .default(36_000),
    )
    .addOption(setting("--work <path>", "folder for work files (default: beside the store)"))
    .option("--quiet", "no progress")
    .option("--json", "the summary as JSON on stdout");
  for (const add of [storeOption, providerOption, encodersFolderOption]) add(command);
  return command.action(runIngest);
}

function files(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Ingests with progress on stderr and a summary on stdout; the first SIGINT or SIGTERM stops it between two blocks. */
export async function runIngest(source: string | undefined, options: IngestCommandOptions): Promise<void> {
  checkUsage(source, options);
  const catalogue = catalogueOf(options);
  const encoders = options.encoder ? options.encoder.map((id) => catalogue.find(id)) : catalogue.bundled();
  const started = Date.now();
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  process.once("SIGINT", abort).once("SIGTERM", abort);
  // A dry run writes nothing, not even the folder of a store that is not there.
  using nowhere = options.dryRun && !storeIsThere(options.store) ? temporaryFolder() : undefined;
  await using store = await openStore(nowhere ? `lancedb:${nowhere.path}` : options.store);
  const local = nowhere?.path ?? localFolder(options.store);
  const progress = progressLine(process.stderr, options.quiet ?? false);
  const { sab, lat, tty, sty } = options;
  try {
    const common = {
      dataset: options.dataset,
      release: options.release,
      store,
      encoders,
      provider: options.provider,
      workers: options.workers,
      onProgress: progress.onProgress,
      signal: stop.signal,
    };
    const whole: () => Promise<IngestSummary> = () =>
      ingest({
        ...common,
        source: source!,
        ...(options.part ? { shard: options.part } : {}),
        filters: {
          ...(sab ? { sab } : {}),
          ...(lat ? { lat } : {}),
          ...(tty ? { tty } : {}),
          ...(sty ? { sty } : {}),
          includeSuppressed: options.includeSuppressed ?? false,
        },
        additions: { glosses: options.glosses ?? [], mentions: options.mentions ?? [] },
        maxRejectShare: options.maxRejectShare,
        atomsPerBlock: options.blockSize,
        mode: options.mode ?? (options.restart ? "restart" : options.resume ? "resume" : "new"),
        dryRun: options.dryRun ?? false,
        encoding: options.encoding,
        onNotice: (message) => {
          process.stderr.write(`termduet: ${message}\n`);
        },
        workFolder: options.work ?? join(local, "work"),
        rejectsFolder: join(local, "rejects"),
      });
    const summary = await (options.finish ? finishParts(common) : whole());
    progress.end();
    const seconds = (Date.now() - started) / 1000;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ ...summary, seconds })}\n`
        : summaryText(summary, seconds) + (options.mode ? "" : nextOf(summary)),
    );
  } catch (error) {
    progress.end();
    throw error;
  } finally {
    process.off("SIGINT", abort).off("SIGTERM", abort);
  }
}

/** A folder that goes when it is disposed. */
function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "termduet-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

function checkUsage(source: string | undefined, { finish, part }: IngestCommandOptions): void {
  if (!finish && source === undefined)
    throw new TermduetError(
      "usage",
      "say what to ingest: a META directory, an RRF file, a zip, .obo, .json, .tsv or .csv",
    );
  if (finish && (source !== undefined || part))
    throw new TermduetError(
      "usage",
      "--finish takes neither a source nor --part: it finishes what the parts have ingested",
    );
}

function summaryText(
  { status, dataset, release, counts, encoders, rejectsFile, added }: IngestSummary,
  seconds: number,
): string {
  const parts = [`${grouped(counts.atoms)} atoms`];
  if (counts.strings !== undefined) parts.push(`${grouped(counts.strings)} strings`);
  if (counts.concepts !== undefined) parts.push(`${grouped(counts.concepts)} concepts`);
  const lines = [
    status === "unchanged"
      ? `${dataset} ${release} is already in the store (${parts.join(", ")}); nothing was encoded`
      : status === "dry-run"
        ? `${dataset} ${release} can be read: ${parts.join(", ")}; nothing was written`
        : status === "part"
          ? `this part of ${dataset} ${release} is in the store (of ${parts.join(", ")}), in ${duration(seconds)}; when all are, run ingest --finish`
          : `${dataset} ${release} is active: ${parts.join(", ")}, in ${duration(seconds)}`,
  ];
  if (status === "ingested" || status === "part") {
    for (const { id, encoded, copied, recallAt10 } of encoders) {
      const recall =
        recallAt10 === undefined ? "" : `, recall@10 of the index ${recallAt10.toFixed(3)} on a sample`;
      lines.push(`  ${id}: ${grouped(encoded)} encoded, ${grouped(copied)} copied${recall}`);
    }
  }
  for (const [what, { read, joined, concepts }] of Object.entries(added ?? {}))
    if (read > 0)
      lines.push(`  ${grouped(joined)} of ${grouped(read)} ${what} belong to ${grouped(concepts)} concepts`);
  if (counts.skipped > 0)
    lines.push(`  ${grouped(counts.skipped)} atoms left out by the filters (suppressed ones are by default)`);
  if (rejectsFile) lines.push(`  ${grouped(counts.rejects)} malformed rows are in ${rejectsFile}`);
  return `${lines.join("\n")}\n`;
}

function nextOf({ status, dataset }: IngestSummary): string {
  if (status === "dry-run") return nextLine("the same command without --dry-run");
  if (status === "part") return nextLine("termduet ingest --finish, when all parts are in");
  return nextLine(`termduet search "TEXT" --dataset ${dataset}`, "termduet serve");
}
