import type { EnergyMeter } from "../evidence/energy-meter.ts";
import { encodeModel } from "../onnx/encode-model.ts";
import type { Workpiece } from "../passes/pass.ts";
import { MatrixProducts } from "../quantization/matrix.ts";
import { mean, quantile } from "../search/statistics.ts";
import type { Target } from "../target.ts";
import { CandidateSession } from "./candidate-session.ts";
import type { MetricValues } from "./metrics.ts";
import type { LoadedTask } from "./tasks.ts";
import { type Contestant, type Duel, duel, type TimingLimits } from "./timing.ts";
import { fidelity, rowCosines, type Vectors } from "./vector-metrics.ts";

/** A task with its texts as token sequences. */
export interface TokenizedTask {
  task: LoadedTask;
  sequences: readonly (readonly number[])[];
}

export interface EvaluatorOptions {
  target: Target;
  threads: number;
  /** Token sequences of strings that nothing was calibrated with. */
  sequences: readonly (readonly number[])[];
  tasks: readonly TokenizedTask[];
  timing: TimingLimits;
  workspace: string;
  /** Absent where energy can't be measured here. */
  meter?: EnergyMeter | undefined;
}

/** What was measured of one candidate. */
export interface Evaluation {
  metrics: MetricValues;
  /** Of the timings beside the baseline; absent for the baseline itself. */
  timing?: { bulk: DuelSummary; single: DuelSummary };
}

/** Time of the candidate over that of the baseline. */
type DuelSummary = Pick<Duel, "ratio" | "interval" | "isSignificant"> & { rounds: number };

const SINGLES = 24;
// BERT-base on one core takes some 3 ms a token in float32.
const SLOW_MS_PER_TOKEN = 1.5;
const BATCH_CHECKS = 24;
const ENERGY_MS = 1000;

/** Measures candidates beside one baseline, the float32 graph, whose session stays open. */
export class Evaluator implements AsyncDisposable {
  readonly #options: EvaluatorOptions;
  readonly #products: MatrixProducts;
  readonly #baseline: CandidateSession;
  readonly #reference: Vectors;
  readonly #isSlow: boolean;
  /** Metrics of the baseline. */
  readonly baseline: Evaluation;

  private constructor(
    options: EvaluatorOptions,
    products: MatrixProducts,
    session: CandidateSession,
    reference: Vectors,
    isSlow: boolean,
    baseline: Evaluation,
  ) {
    this.#options = options;
    this.#products = products;
    this.#baseline = session;
    this.#reference = reference;
    this.#isSlow = isSlow;
    this.baseline = baseline;
  }

  /** `known` is what was measured of the baseline before, and is then not measured again. */
  static async start(piece: Workpiece, options: EvaluatorOptions, known?: Evaluation): Promise<Evaluator> {
    const { target, threads, workspace, sequences } = options;
    const products = await MatrixProducts.open();
    const session = await CandidateSession.open(piece, target, threads, workspace);
    const start = performance.now();
    const reference = await session.vectors(sequences);
    const tokens = sequences.reduce((sum, s) => sum + s.length, 0);
    const isSlow = (performance.now() - start) / tokens > SLOW_MS_PER_TOKEN;
    if (known) return new Evaluator(options, products, session, reference, isSlow, known);
    const alone = new Evaluator(options, products, session, reference, isSlow, { metrics: {} });
    const metrics = {
      ...(await alone.#quality(session, reference)),
      ...(await alone.#times(session)).metrics,
      ...(await alone.#energy(session)),
      size: modelSize(piece),
    };
    return new Evaluator(options, products, session, reference, isSlow, { metrics });
  }

  /** Errors: those of `openSession`, where the graph can't be loaded. */
  async evaluate(piece: Workpiece): Promise<Evaluation> {
    const { target, threads, workspace, sequences } = this.#options;
    await using session = await CandidateSession.open(piece, target, threads, workspace);
    const quality = await this.#quality(session, await session.vectors(sequences));
    const { metrics, timing } = await this.#times(session);
    const energy = await this.#energy(session);
    return { metrics: { ...quality, ...metrics, ...energy, size: modelSize(piece) }, timing };
  }

  async #quality(session: CandidateSession, vectors: Vectors): Promise<MetricValues> {
    const metrics = await fidelity(this.#products, this.#reference, vectors);
    metrics["batch-independence"] = await this.#batchIndependence(session);
    for (const { task, sequences } of this.#options.tasks)
      Object.assign(metrics, await task.score(this.#products, await session.vectors(sequences)));
    return metrics;
  }

  /** Each of some strings alone, in a batch of its length, and padded in a batch of all lengths. */
  async #batchIndependence(session: CandidateSession): Promise<number> {
    const chosen = spread(this.#options.sequences, BATCH_CHECKS);
    const { dimension } = this.#reference;
    const alone: Vectors = {
      count: chosen.length,
      dimension,
      values: new Float32Array(chosen.length * dimension),
    };
    for (const [i, sequence] of chosen.entries())
      alone.values.set(await session.run([sequence]), i * dimension);
    const padded = { ...alone, values: await session.runPadded(chosen) };
    // Twice, so that every sequence has at least one mate of its length, were it itself with other neighbours.
    const batched = await session.vectors([...chosen, ...this.#options.sequences.slice(0, 4 * BATCH_CHECKS)]);
    const mates = { ...alone, values: batched.values.subarray(0, alone.values.length) };
    return Math.min(...rowCosines(alone, padded), ...rowCosines(alone, mates));
  }

  /** Times beside the baseline; a candidate's milliseconds are the baseline's, measured once, times the ratio. */
  async #times(
    session: CandidateSession,
  ): Promise<{ metrics: MetricValues; timing: Required<Evaluation>["timing"] }> {
    const { sequences, timing: limits } = this.#options;
    const singles = spread(sequences, SINGLES);
    const alone = (s: CandidateSession): Contestant => ({
      run: async (i) => void (await s.run([singles[i]!])),
    });
    const single = await duel(alone(this.#baseline), alone(session), singles.length, limits);
    const bulk = await duel(
      this.#bulk(this.#baseline),
      this.#bulk(session),
      this.#bulkLengths.length,
      limits,
    );
    const known = this.baseline.metrics;
    const all = single.times.candidate.flat();
    const scale = known["latency.avg"] === undefined ? 1 : (known["latency.avg"] * single.ratio) / mean(all);
    const metrics: MetricValues = {
      "latency.avg": scale * mean(all),
      "latency.max": scale * Math.max(...all),
      "latency.min": scale * Math.min(...all),
      "latency.p50": scale * quantile(all, 0.5),
      "latency.p95": scale * quantile(all, 0.95),
      throughput:
        known["throughput"] === undefined
          ? 1000 / mean(bulk.times.candidate.flat())
          : known["throughput"] / bulk.ratio,
    };
    return { metrics, timing: { bulk: summary(bulk), single: summary(single) } };
  }

  /** Joules for a thousand strings, over a second of full batches. */
  async #energy(session: CandidateSession): Promise<MetricValues> {
    const { meter } = this.#options;
    if (!meter) return {};
    const { run, weight } = this.#bulk(session);
    let strings = 0;
    const joules = await meter.joules(async () => {
      const start = performance.now();
      for (let i = 0; performance.now() - start < ENERGY_MS; i = (i + 1) % this.#bulkLengths.length) {
        await run(i);
        strings += 1 / weight!(i);
      }
    });
    return { energy: (1000 * joules) / strings };
  }

  /** One full batch of each of some lengths; what counts is the time of one string. */
  #bulk(session: CandidateSession): Contestant {
    const { sequences } = this.#options;
    const batches = this.#bulkLengths.map((length) => {
      const count = Math.max(1, Math.floor(session.tokenBudget / length));
      const some = sequences.filter((s) => s.length === length);
      return Array.from({ length: count }, (_, i) => some[i % some.length]!);
    });
    return {
      run: async (i) => void (await session.run(batches[i]!)),
      weight: (i) => 1 / batches[i]!.length,
    };
  }

  /** Lengths that each stand for an equal share of the strings; for a large encoder the median alone. */
  get #bulkLengths(): number[] {
    const lengths = this.#options.sequences.map((s) => s.length).sort((a, b) => a - b);
    const shares = this.#isSlow ? [0.5] : [0.1, 0.3, 0.5, 0.7, 0.9];
    return shares.map((share) => lengths[Math.floor(share * lengths.length)]!);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#baseline[Symbol.asyncDispose]();
    await this.#products[Symbol.asyncDispose]();
  }
}

function summary({ ratio, interval, isSignificant, times }: Duel): DuelSummary {
  return { ratio, interval, isSignificant, rounds: times.candidate.length };
}

/** Bytes of the model as one file. */
function modelSize({ model }: Workpiece): number {
  return encodeModel(model).reduce((sum, c) => sum + c.byteLength, 0);
}

/** Some of a list, spread over all of it. */
function spread<T>(list: readonly T[], count: number): T[] {
  const wanted = Math.min(count, list.length);
  return Array.from({ length: wanted }, (_, i) => list[Math.floor((i * list.length) / wanted)]!);
}
