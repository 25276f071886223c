import { existsSync, readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { PROVIDERS, type Provider } from "../encoder/providers.ts";
import { type OptimizerConfig, optimizerConfigSchema } from "../optimizer/config/optimizer-config.ts";
import { readOptimizerConfig } from "../optimizer/config/read-config.ts";
import { type OptimizationResult, optimize } from "../optimizer/optimization.ts";
import type { Precision } from "../optimizer/recipes.ts";
import { openRelease } from "../terminology/open-release.ts";
import type { OnProgress } from "../terminology/progress.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { CheckpointSource } from "./checkpoint-source.ts";
import { sampleFolder, version } from "./paths.ts";
import { whole } from "./settings.ts";

/** Options of the commands that make an encoder from a checkpoint. */
export interface MakingOptions {
  id?: string;
  config?: string;
  precision?: Precision;
  portable?: boolean;
  pooling?: "mean" | "cls";
  provider?: Provider;
  threads?: number;
  queryPrefix?: string;
  stringPrefix?: string;
  mentionBefore?: string;
  mentionAfter?: string;
  mentionWindow?: number;
  maxTokens?: number;
  calibration?: string;
  trials?: number;
  cache?: string;
  acceptNearest?: boolean;
  quiet?: boolean;
}

/** Adds these options to a command. */
export function makingOptions(command: Command): Command {
  return command
    .option("--id <id>", "name of the encoder")
    .option("--config <file>", "JSON file that says what to search (docs/optimizer-config.schema.json)")
    .addOption(
      new Option("--precision <type>", "one recipe in the place of a search").choices(["int8", "float32"]),
    )
    .option("--portable", "INT8 that CPUs without VNNI run too: weights of 7 bits in the place of 8")
    .addOption(
      new Option("--pooling <how>", "default: what the checkpoint says, else mean").choices(["mean", "cls"]),
    )
    .addOption(new Option("--provider <name>", "execution provider to optimize for").choices(PROVIDERS))
    .option("--threads <n>", "threads to time candidates with", whole("--threads", 1, 256))
    .option("--query-prefix <text>", "text before every query")
    .option("--string-prefix <text>", "text before every string of a release")
    .option("--mention-before <text>", 'marker before a mention that is read in its text, e.g. "<ENT> "')
    .option("--mention-after <text>", 'marker after it, e.g. " </ENT>"')
    .option(
      "--mention-window <n>",
      "tokens of a mention and its text together (default: 64)",
      whole("--mention-window", 8, 4096),
    )
    .option(
      "--max-tokens <n>",
      "longest sequence (default: what the checkpoint says, else 128)",
      whole("--max-tokens", 4, 8192),
    )
    .option(
      "--calibration <file>",
      "strings to calibrate and judge with, one a line (default: the sample release)",
    )
    .option("--trials <n>", "candidates to try; 0 tries all", whole("--trials", 0, 100_000))
    .option("--cache <folder>", "where what was made and measured is kept")
    .option("--accept-nearest", "take the nearest candidate where none meets all goals")
    .option("--quiet", "no progress");
}

/** Makes an encoder in `out` as the options say. */
export async function makeEncoder(
  source: CheckpointSource,
  out: string,
  id: string,
  options: MakingOptions,
  onProgress: OnProgress,
): Promise<OptimizationResult> {
  const config = configOf(options);
  return optimize({
    checkpoint: source.folder,
    out,
    config,
    strings: await calibrationStrings(config.dataConfigs.strings),
    // A recipe is what was asked for: it is measured, and taken whatever it misses.
    ...(options.precision ? { precision: options.precision, acceptNearest: true } : {}),
    ...(options.acceptNearest ? { acceptNearest: true } : {}),
    manifest: { id, description: "", license: "", base: source.base },
    version,
    onProgress,
  });
}

/** The configuration file, if there is one, with what flags say in its place. */
function configOf(options: MakingOptions): OptimizerConfig {
  const config =
    options.config === undefined ? optimizerConfigSchema.parse({}) : readOptimizerConfig(options.config);
  const { inputModel, dataConfigs, devices, engine, searchStrategy } = config;
  const { query, string } = inputModel.prefixes ?? {};
  const hasPrefix = options.queryPrefix !== undefined || options.stringPrefix !== undefined;
  const prefixes = {
    query: options.queryPrefix ?? query ?? "",
    string: options.stringPrefix ?? string ?? "",
  };
  return {
    ...config,
    inputModel: {
      ...inputModel,
      ...given({ pooling: options.pooling, maxTokens: options.maxTokens }),
      ...(hasPrefix ? { prefixes } : {}),
      ...given({ mention: mentionOf(options) ?? inputModel.mention }),
    },
    dataConfigs: { ...dataConfigs, ...given({ strings: options.calibration }) },
    devices: {
      ...devices,
      ...given({ provider: options.provider, threads: options.threads, portable: options.portable }),
    },
    engine: { ...engine, ...given({ cache: options.cache }) },
    searchStrategy: { ...searchStrategy, ...given({ maxSamples: options.trials }) },
  };
}

/** What KRISSBERT was trained with is a window of 64. */
const MENTION_WINDOW = 64;

/** Errors: `usage` for one marker without the other. */
function mentionOf({ mentionBefore, mentionAfter, mentionWindow = MENTION_WINDOW }: MakingOptions) {
  if (mentionBefore === undefined && mentionAfter === undefined) return undefined;
  if (mentionBefore === undefined || mentionAfter === undefined)
    throw new TermduetError("usage", "a mention needs both markers: --mention-before and --mention-after");
  return { before: mentionBefore, after: mentionAfter, window: mentionWindow };
}

/** What is not undefined. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

async function calibrationStrings(file: string | undefined): Promise<string[]> {
  if (file === undefined) return sampleStrings();
  if (!existsSync(file)) throw new TermduetError("not-found", `--calibration ${file}: there is no such file`);
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  const texts = lines.filter((line) => line.trim() !== "");
  if (texts.length > 0) return texts;
  throw new TermduetError("bad-input", `--calibration ${file} is empty; it holds one string a line`);
}

async function sampleStrings(): Promise<string[]> {
  await using release = await openRelease(`${sampleFolder}/META`);
  const texts = new Set<string>();
  for await (const rows of release.rows({ onReject: () => undefined })) {
    for (const row of rows) if (row.kind === "atom") texts.add(row.atom.str);
  }
  return [...texts].sort();
}

/** What an optimization found, in lines for people. */
export function resultLines({ baseline, chosen, search, missed }: OptimizationResult): string[] {
  const { metrics, timing } = chosen.evaluation;
  const times = (ratio: number): string => `${(1 / ratio).toFixed(2)}×`;
  const sizeShare = Math.round((100 * metrics["size"]!) / baseline.metrics["size"]!);
  const passes = chosen.steps.map(({ pass }) => pass.name).join(" → ");
  return [
    `${passes}`,
    `cosine to float32: mean ${metrics["cosine.mean"]!.toFixed(4)}, p1 ${metrics["cosine.p1"]!.toFixed(4)}`,
    `beside float32: ${timing ? `${times(timing.bulk.ratio)} the strings a second, one string ${times(timing.single.ratio)} as fast, ` : ""}${sizeShare} % of the size`,
    `${search.candidates.length} candidates measured: ${search.ended}`,
    ...missed.map((goal) => `goal missed: ${goal}`),
  ];
}
