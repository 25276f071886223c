import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "../encoder/tokenizer.ts";
import type { OnProgress } from "../terminology/progress.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { Checkpoint } from "./checkpoint/checkpoint.ts";
import { sentenceSettings } from "./checkpoint/sentence-settings.ts";
import { type TokenizerFiles, tokenizerFiles } from "./checkpoint/tokenizer-files.ts";
import { defaultCriteria, defaultPasses } from "./config/default-flow.ts";
import { placesOf } from "./config/flow.ts";
import type { OptimizerConfig } from "./config/optimizer-config.ts";
import { checkpointKey, toolKey } from "./content-keys.ts";
import { type EncoderDescription, refuseOccupied, writeEncoder, writeWhole } from "./encoder-output.ts";
import { type Evaluation, Evaluator, type TokenizedTask } from "./evaluation/evaluate-candidate.ts";
import { distinctSequences, splitStrings } from "./evaluation/evaluation-data.ts";
import { loadTask } from "./evaluation/tasks.ts";
import { TIMING_DEFAULTS } from "./evaluation/timing.ts";
import { type EnergyMeter, energyMeter } from "./evidence/energy-meter.ts";
import type { ReportedCandidate } from "./evidence/evidence.ts";
import { gatherDebug } from "./evidence/gather-debug.ts";
import { optimizerReport } from "./evidence/report-html.ts";
import type { PassStep } from "./pass-step.ts";
import { type Precision, recipe } from "./recipes.ts";
import { ContentCache, contentKey } from "./search/content-cache.ts";
import { footprint } from "./search/footprint.ts";
import { Judge } from "./search/judge.ts";
import { judgedRuns } from "./search/judged-runs.ts";
import { PassRunner } from "./search/pass-runner.ts";
import { type Candidate, runSearch, type SearchResult } from "./search/run-search.ts";
import { SearchLog } from "./search/search-log.ts";
import type { Place } from "./search/search-space.ts";
import { type Target, targetOf } from "./target.ts";

export interface OptimizationOptions {
  /** Folder of the checkpoint. */
  checkpoint: string;
  /** Folder to write; must not exist or be empty. */
  out: string;
  config: OptimizerConfig;
  /** Strings of the release at hand, from which calibration and evaluation are drawn. */
  strings: readonly string[];
  /** The recipe for a precision, in the place of a search. */
  precision?: Precision;
  manifest: Pick<EncoderDescription, "id" | "description" | "license" | "base">;
  /** Writes the encoder that comes nearest where none meets all goals. */
  acceptNearest?: boolean;
  version: string;
  onProgress?: OnProgress;
}

/** What an optimization ended with. */
export interface OptimizationResult {
  baseline: Evaluation;
  chosen: Candidate;
  search: SearchResult;
  /** Goals that the chosen one misses, in words; empty where it meets all. */
  missed: string[];
}

/**
 * Searches the encoder that a checkpoint gives on this machine and writes it, with the evidence. The folder appears
 * whole or not at all; what was made and measured stays in the cache, so that the same command goes on after a break.
 */
export async function optimize(options: OptimizationOptions): Promise<OptimizationResult> {
  refuseOccupied(options.out);
  if (options.config.searchStrategy.maxMinutes === 0)
    throw new TermduetError("usage", "searchStrategy.maxMinutes 0 leaves no time to try a candidate");
  const tokenizer = tokenizerFiles(options.checkpoint);
  using checkpoint = await Checkpoint.open(options.checkpoint);
  const cache = new ContentCache(options.config.engine.cache);
  try {
    const optimization = new Optimization(options, checkpoint, tokenizer, cache);
    return await optimization.run();
  } finally {
    cache.close();
  }
}

class Optimization {
  readonly #options: OptimizationOptions;
  readonly #checkpoint: Checkpoint;
  readonly #tokenizerFiles: TokenizerFiles;
  readonly #cache: ContentCache;
  readonly #target: Target;
  readonly #description: EncoderDescription;

  constructor(
    options: OptimizationOptions,
    checkpoint: Checkpoint,
    tokenizer: TokenizerFiles,
    cache: ContentCache,
  ) {
    this.#options = options;
    this.#checkpoint = checkpoint;
    this.#tokenizerFiles = tokenizer;
    this.#cache = cache;
    this.#target = targetOf(options.config.devices);
    const { inputModel } = options.config;
    const published = sentenceSettings(options.checkpoint);
    this.#description = {
      ...options.manifest,
      pooling: inputModel.pooling ?? published.pooling ?? "mean",
      prefixes: inputModel.prefixes ?? published.prefixes ?? { query: "", string: "" },
      ...(inputModel.mention ? { mention: inputModel.mention } : {}),
      maxTokens: Math.min(inputModel.maxTokens ?? published.maxTokens ?? 128, checkpoint.maxTokens),
      dimension: checkpoint.config.hidden_size,
      provider: this.#target.provider,
    };
  }

  async run(): Promise<OptimizationResult> {
    const { config, onProgress, version } = this.#options;
    const data = await this.#data();
    const { calibration, sequences, tasks } = data;
    const meter = await energyMeter(this.#target.provider);
    const log = new SearchLog(join(config.engine.cache, "log.jsonl"));
    const { pooling } = this.#description;
    const context = { checkpoint: this.#checkpoint, pooling, target: this.#target, calibration, version };
    const root = {
      tool: toolKey(version),
      checkpoint: await checkpointKey(this.#checkpoint.folder),
      pooling,
    };
    const dataKey = contentKey(calibration);
    const runner = new PassRunner({ cache: this.#cache, log, context, root, dataKey });
    const places = this.#places();
    const baselineSteps = recipe("float32", this.#target);
    const made = await runner.run(baselineSteps);
    if ("failure" in made)
      throw new TermduetError("internal", `the float32 graph could not be made: ${made.failure}`);
    const timing = { ...TIMING_DEFAULTS, maxMs: config.engine.timingSeconds * 1000 };
    const evaluationRoot = {
      data: contentKey([sequences, tasks.map((task) => task.sequences)]),
      target: this.#target,
      devices: config.devices,
      timing,
    };
    const known = this.#cache.evaluation<Evaluation>(contentKey({ key: made.key, evaluationRoot }));
    // Where everything was measured before, nothing is loaded.
    let started: Promise<Evaluator> | undefined;
    const evaluator = (): Promise<Evaluator> => {
      const { threads } = config.devices;
      const options = {
        target: this.#target,
        threads,
        sequences,
        tasks,
        timing,
        workspace: this.#cache.workspace,
        meter: typeof meter === "string" ? undefined : meter,
      };
      started ??= Evaluator.start(made.piece, options, known);
      return started;
    };
    try {
      const baseline = known ?? (await evaluator()).baseline;
      this.#cache.keepEvaluation(contentKey({ key: made.key, evaluationRoot }), baseline);
      const taskMetrics = Object.keys(baseline.metrics).filter((name) => name.startsWith("task."));
      const criteria = config.evaluationCriteria ?? defaultCriteria(taskMetrics);
      const judge = new Judge(criteria, baseline.metrics);
      log.write({ event: "start", config, target: this.#target, criteria });
      const search = await runSearch(places, {
        strategy: config.searchStrategy,
        runner,
        evaluate: async (piece) => (await evaluator()).evaluate(piece),
        judge,
        cache: this.#cache,
        log,
        evaluationRoot,
        onSample: (done, total) =>
          onProgress?.({ stage: "search", done, ...(total > 0 ? { total } : {}), unit: "candidates" }),
      });
      const result = await this.#finish(runner, { baseline, key: made.key, data, meter }, judge, search);
      const samples = search.candidates.length + search.failures.length;
      log.write({ event: "end", samples, best: result.chosen.key, reason: search.ended });
      return result;
    } finally {
      await (await started)?.[Symbol.asyncDispose]();
    }
  }

  #places(): readonly Place[] {
    const { precision, config } = this.#options;
    if (precision)
      return recipe(precision, this.#target).map(({ pass, parameters }) => [
        { pass, fixed: parameters, searched: {} },
      ]);
    return placesOf(config.passes ?? defaultPasses(this.#target.provider));
  }

  async #data(): Promise<OptimizationData> {
    const { dataConfigs, searchStrategy } = this.#options.config;
    const { prefixes, maxTokens } = this.#description;
    for (const [name, content] of Object.entries(this.#tokenizerFiles))
      writeFileSync(join(this.#cache.workspace, name), JSON.stringify(content));
    const tokenizer = new Tokenizer(this.#cache.workspace, maxTokens);
    const split = splitStrings(this.#options.strings, dataConfigs, searchStrategy.seed);
    const calibration = await tokenizer.encode(split.calibration.map((text) => prefixes.string + text));
    const texts = split.evaluation.map((text) => prefixes.string + text);
    const sequences = distinctSequences(await tokenizer.encode(texts), calibration);
    if (sequences.length < 2)
      throw new TermduetError(
        "bad-input",
        "there are too few strings to calibrate with some and judge with others; give more with --calibration",
      );
    const tasks: TokenizedTask[] = [];
    for (const task of dataConfigs.tasks.map((config) => loadTask(config))) {
      const texts = task.texts.map(({ text, role }) => prefixes[role] + text);
      tasks.push({ task, sequences: await tokenizer.encode(texts) });
    }
    return { calibration, sequences, tasks };
  }

  async #finish(
    runner: PassRunner,
    input: { baseline: Evaluation; key: string; data: OptimizationData; meter: EnergyMeter | string },
    judge: Judge,
    search: SearchResult,
  ): Promise<OptimizationResult> {
    const { candidates, failures } = search;
    if (candidates.length === 0) {
      const reason = failures[0]?.reason ?? search.ended;
      throw new TermduetError("incompatible", `no candidate could be made: ${reason}`);
    }
    const metrics = candidates.map((c) => c.evaluation.metrics);
    const chosen = candidates[judge.ranking(metrics)[0]!]!;
    const missed = judge
      .goals(chosen.evaluation.metrics)
      .filter((goal) => goal.shortfall > 0)
      .map(({ metric, value, threshold }) => `${metric} is ${shown(value)}, not ${shown(threshold)}`);
    if (missed.length > 0 && !this.#options.acceptNearest) {
      const message = `none of ${candidates.length} candidates meets all goals; in the nearest ${missed.join(", ")}; change the goals, or take it with --accept-nearest`;
      throw new TermduetError("incompatible", message);
    }
    const runs = judgedRuns(runner, input, judge, candidates, chosen);
    const made = await runner.run(chosen.steps);
    if ("failure" in made)
      throw new TermduetError("internal", `the best candidate could not be made again: ${made.failure}`);
    const report = await this.#report(runner, input, judge, search, chosen);
    await writeWhole(this.#options.out, async (folder) => {
      const source = {
        checkpoint: this.#options.checkpoint,
        description: this.#description,
        precision: precisionOf(chosen.steps),
      };
      await writeEncoder(folder, made.piece, this.#tokenizerFiles, source);
      writeFileSync(join(folder, "report.html"), report);
      writeFileSync(join(folder, "footprint.json"), `${JSON.stringify(footprint(runs), null, 2)}\n`);
    });
    if (!this.#options.config.engine.keepModels) this.#cache.dropModels(runner.used.keys());
    return { baseline: input.baseline, chosen, search, missed };
  }

  async #report(
    runner: PassRunner,
    input: { baseline: Evaluation; data: OptimizationData; meter: EnergyMeter | string },
    judge: Judge,
    { candidates, failures, ended }: SearchResult,
    chosen: Candidate,
  ): Promise<string> {
    const { calibration, sequences } = input.data;
    const front = new Set(judge.front(candidates.map((c) => c.evaluation.metrics)));
    const reported = candidates.map((candidate, i): ReportedCandidate => {
      const goals = judge.goals(candidate.evaluation.metrics);
      return { ...candidate, number: i + 1, goals, isOnFront: front.has(i), isChosen: candidate === chosen };
    });
    return optimizerReport({
      encoder: this.#description.id,
      base: this.#description.base,
      version: this.#options.version,
      target: this.#target,
      threads: this.#options.config.devices.threads,
      strings: { calibration: calibration.length, evaluation: sequences.length },
      baseline: input.baseline,
      candidates: reported,
      failures,
      ended,
      debug: await gatherDebug(runner, chosen.steps, calibration, this.#cache.workspace),
      energy:
        typeof input.meter === "string"
          ? `left out, since ${input.meter}`
          : `read from ${input.meter.source}`,
    });
  }
}

/** Token sequences to set scales with, others to judge with, and tasks with known answers. */
interface OptimizationData {
  calibration: number[][];
  sequences: number[][];
  tasks: TokenizedTask[];
}

/** The precision that a list of passes gives, in a word for people. */
function precisionOf(steps: readonly PassStep[]): string {
  const names = new Set(steps.map(({ pass }) => pass.name));
  const bits = steps.find(({ pass }) => pass.name === "weight-only")?.parameters["bits"];
  if (bits !== undefined) return `int${String(bits)}-weights`;
  if (["fast-int8", "static-int8", "dynamic-int8"].some((name) => names.has(name))) return "int8";
  return names.has("mixed-precision") ? "float16" : "float32";
}

function shown(value: number): string {
  return Number(value.toPrecision(5)).toString();
}
