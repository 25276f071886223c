import { DEFAULT_SESSION_SETTINGS } from "../../encoder/session-settings.ts";
import { modelOf } from "../onnx/graph-builder.ts";
import type { ModelProto } from "../onnx/proto.ts";
import { type PassStep, refusal, runStep } from "../pass-step.ts";
import { DiscrepancyError } from "../passes/discrepancy-check.ts";
import type { PassContext, Workpiece } from "../passes/pass.ts";
import { type ContentCache, contentKey, type RunRecord } from "./content-cache.ts";
import type { SearchLog } from "./search-log.ts";

export interface PassRunnerOptions {
  cache: ContentCache;
  log: SearchLog;
  context: Omit<PassContext, "reference" | "workspace">;
  /** Everything that results depend on besides passes and data: tool, checkpoint, pooling. */
  root: unknown;
  /** Hash of the calibration sequences. */
  dataKey: string;
}

/** What came of a list of passes. */
export type RunOutcome = { key: string; piece: Workpiece } | { key: string | null; failure: string };

/** Runs lists of passes, each pass once for the same input and parameters. */
export class PassRunner {
  readonly #options: PassRunnerOptions;
  /** Every run that was used, in order. */
  readonly used = new Map<string, RunRecord>();

  constructor(options: PassRunnerOptions) {
    this.#options = options;
  }

  /** Key of a list of passes, by what it depends on. */
  key(steps: readonly PassStep[]): string {
    const { root, dataKey, context } = this.#options;
    const { provider, cpu } = context.target;
    return steps.reduce((parent, { pass, parameters }) => {
      const data = pass.usesCalibration ? dataKey : null;
      return contentKey({ parent, pass: pass.name, parameters, data, provider, exactInt8: cpu.exactInt8 });
    }, contentKey(root));
  }

  /** Why the passes make no sense in this order on this target; undefined where they do. */
  refusal(steps: readonly PassStep[]): string | undefined {
    const context = this.#context(undefined);
    for (const [i, step] of steps.entries()) {
      const reason = refusal(step, steps.slice(0, i), context);
      if (reason !== undefined) return `${step.pass.name}: ${reason}`;
    }
    return undefined;
  }

  async run(steps: readonly PassStep[]): Promise<RunOutcome> {
    const { cache, log } = this.#options;
    const keys = steps.map((_, i) => this.key(steps.slice(0, i + 1)));
    // The last pass whose model is there: what comes before it need not be.
    let start = keys.length - 1;
    while (start >= 0 && !cache.piece(keys[start]!) && cache.run(keys[start]!)?.failure === undefined)
      start--;
    for (const key of keys.slice(0, start + 1)) this.#note(key);
    const failed = start >= 0 ? cache.run(keys[start]!)?.failure : undefined;
    if (failed !== undefined) return { key: keys[start]!, failure: failed };
    let piece = start >= 0 ? cache.piece(keys[start]!)! : this.#empty();
    if (start >= 0) {
      const { pass, parameters } = steps[start]!;
      log.write({
        event: "pass",
        key: keys[start]!,
        pass: pass.name,
        parameters,
        seconds: 0,
        cached: true,
        outcome: "done",
      });
    }
    for (let i = start + 1; i < steps.length; i++) {
      const parent = i > 0 ? keys[i - 1]! : null;
      const outcome = await this.#runStep(piece, steps[i]!, keys[i]!, parent, cache.piece(keys[0]!)?.model);
      if ("failure" in outcome) return outcome;
      piece = outcome.piece;
    }
    return { key: keys.at(-1)!, piece };
  }

  async #runStep(
    piece: Workpiece,
    step: PassStep,
    key: string,
    parent: string | null,
    reference: ModelProto | undefined,
  ): Promise<RunOutcome> {
    const { cache, log } = this.#options;
    const startedAt = new Date().toISOString();
    const start = performance.now();
    const { parameters, pass } = step;
    const record = (rest: Pick<RunRecord, "session" | "failure">): RunRecord => {
      const seconds = Number(((performance.now() - start) / 1000).toFixed(3));
      log.write({
        event: "pass",
        key,
        pass: pass.name,
        parameters,
        seconds,
        cached: false,
        outcome: rest.failure ?? "done",
      });
      return { pass: pass.name, parameters, parent, startedAt, seconds, ...rest };
    };
    try {
      const result = await runStep(piece, step, this.#context(reference));
      const kept = cache.keepRun(key, () => record({ session: result.session }), result)!;
      this.#note(key);
      return { key, piece: kept };
    } catch (error) {
      if (!(error instanceof DiscrepancyError)) throw error;
      cache.keepRun(key, () => record({ session: piece.session, failure: error.message }), undefined);
      this.#note(key);
      return { key, failure: error.message };
    }
  }

  /** Puts runs that need not be made again among those that were used. */
  noteAll(steps: readonly PassStep[]): void {
    for (let i = 1; i <= steps.length; i++) this.#note(this.key(steps.slice(0, i)));
  }

  #note(key: string): void {
    const record = this.#options.cache.run(key);
    if (record) this.used.set(key, record);
  }

  #context(reference: ModelProto | undefined): PassContext {
    return { ...this.#options.context, reference, workspace: this.#options.cache.workspace };
  }

  #empty(): Workpiece {
    const graph = { name: "", node: [], initializer: [], input: [], output: [] };
    return { model: modelOf(graph, this.#options.context.version, 0), session: DEFAULT_SESSION_SETTINGS };
  }
}
