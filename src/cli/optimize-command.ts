import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { Command } from "commander";
import { optimizeCheckpoint } from "../optimizer/optimize-checkpoint.ts";
import { openRelease } from "../terminology/open-release.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { sampleFolder, version } from "./paths.ts";
import { progressLine } from "./progress-line.ts";
import { whole } from "./settings.ts";

interface Options {
  out: string;
  id?: string;
  pooling: "mean" | "cls";
  precision: "float32" | "int8";
  queryPrefix: string;
  stringPrefix: string;
  maxTokens: number;
  calibration?: string;
  quiet?: boolean;
}

const CALIBRATION_STRINGS = 400;

export function optimizeCommand(): Command {
  return new Command("optimize")

    .argument("<checkpoint>", "folder with config.json, model.safetensors, tokenizer.json")
    .requiredOption("--out <folder>", "folder to write")
    .option("--id <id>", "name of the encoder (default: the name of the folder)")
    .option("--pooling <how>", "mean or cls", "mean")
    .option("--precision <type>", "int8 or float32", "int8")
    .option("--query-prefix <text>", "text before every query", "")
    .option("--string-prefix <text>", "text before every string of a release", "")
    .option("--max-tokens <n>", "longest sequence", whole("--max-tokens", 4, 8192), 128)
    .option("--calibration <file>", "strings to calibrate with, one a line (default: the sample release)")
    .option("--quiet", "no progress")
    .action(run);
}

async function run(checkpoint: string, options: Options): Promise<void> {
  if (!["mean", "cls"].includes(options.pooling))
    throw new TermduetError("usage", `--pooling ${options.pooling} is neither mean nor cls`);
  if (!["int8", "float32"].includes(options.precision))
    throw new TermduetError("usage", `--precision ${options.precision} is neither int8 nor float32`);
  const progress = progressLine(process.stderr, options.quiet ?? false);
  const { pooling, maxTokens, queryPrefix: query, stringPrefix: string } = options;
  const id = options.id ?? basename(resolve(options.out));
  try {
    await optimizeCheckpoint({
      checkpoint,
      out: options.out,
      precision: options.precision,
      calibrationTexts: await calibrationTexts(options.calibration),
      manifest: {
        id,
        pooling,
        prefixes: { query, string },
        maxTokens,
        description: "",
        license: "",
        base: basename(resolve(checkpoint)),
      },
      version,
      onProgress: progress.onProgress,
    });
  } finally {
    progress.end();
  }
  process.stdout.write(`${options.out} holds encoder ${id} (${options.precision})\n`);
}

async function calibrationTexts(file: string | undefined): Promise<string[]> {
  const texts = file === undefined ? await sampleStrings() : linesOf(file);
  // Spread over the whole list, so that all lengths and sources are there.
  const step = Math.max(1, Math.floor(texts.length / CALIBRATION_STRINGS));
  return texts.filter((_, i) => i % step === 0).slice(0, CALIBRATION_STRINGS);
}

function linesOf(file: string): string[] {
  if (!existsSync(file)) throw new TermduetError("not-found", `--calibration ${file}: there is no such file`);
  const lines = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  if (lines.length === 0)
    throw new TermduetError("bad-input", `--calibration ${file} is empty; it holds one string a line`);
  return lines;
}

async function sampleStrings(): Promise<string[]> {
  await using release = await openRelease(`${sampleFolder}/META`);
  const texts = new Set<string>();
  for await (const rows of release.rows({ onReject: () => undefined })) {
    for (const row of rows) if (row.kind === "atom") texts.add(row.atom.str);
  }
  return [...texts].sort();
}
