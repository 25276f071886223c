import { errnoOf, TermduetError } from "../../terminology/termduet-error.ts";
import type { OptimizerConfig } from "../config/optimizer-config.ts";
import type { Evaluation } from "../evaluation/evaluate-candidate.ts";
import type { PassStep } from "../pass-step.ts";
import type { Workpiece } from "../passes/pass.ts";
import { type ContentCache, contentKey } from "./content-cache.ts";
import type { Judge } from "./judge.ts";
import type { PassRunner } from "./pass-runner.ts";
import { exhaustiveSampler } from "./samplers/exhaustive-sampler.ts";
import { randomSampler } from "./samplers/random-sampler.ts";
import type { Sampler, Trial } from "./samplers/sampler.ts";
import { TPE_DEFAULTS, tpeSampler } from "./samplers/tpe-sampler.ts";
import type { SearchLog } from "./search-log.ts";
import { type Place, type Point, SearchSpace } from "./search-space.ts";

/** A model that was made and measured. */
export interface Candidate {
  key: string;
  steps: readonly PassStep[];
  evaluation: Evaluation;
}

export interface SearchResult {
  /** In the order in which they were tried. */
  candidates: Candidate[];
  /** Points that could not be tried, and why. */
  failures: { steps: readonly PassStep[]; reason: string }[];
  /** Why the search ended. */
  ended: string;
}

export interface SearchOptions {
  strategy: OptimizerConfig["searchStrategy"];
  runner: PassRunner;
  /** Measures a candidate. */
  evaluate: (piece: Workpiece) => Promise<Evaluation>;
  judge: Judge;
  cache: ContentCache;
  log: SearchLog;
  /** Everything besides the model that an evaluation depends on. */
  evaluationRoot: unknown;
  onSample?: (done: number, total: number) => void;
  now?: () => number;
}

/** Tries points of a flow's space, as the strategy says, until it is exhausted or a limit is met. */
export async function runSearch(places: readonly Place[], options: SearchOptions): Promise<SearchResult> {
  const search = new Search(options);
  if (options.strategy.executionOrder === "joint") await search.joint(places);
  else await search.passByPass(places);
  return search.result();
}

class Search {
  readonly #options: SearchOptions;
  readonly #candidates: Candidate[] = [];
  readonly #failures: SearchResult["failures"] = [];
  readonly #startedAt: number;
  readonly #now: () => number;
  #samples = 0;
  #ended = "every candidate was tried";

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#startedAt = this.#now();
  }

  result(): SearchResult {
    return { candidates: this.#candidates, failures: this.#failures, ended: this.#ended };
  }

  /** All places at once. */
  async joint(places: readonly Place[]): Promise<void> {
    const space = new SearchSpace(places);
    const tried: { point: Point; candidate: Candidate | undefined }[] = [];
    const sampler = this.#sampler(space);
    while (!this.#isOver()) {
      // The first values come first: they are what is known to be good in general.
      const isFirst = tried.length === 0 && this.#options.strategy.sampler !== "exhaustive";
      const point = isFirst ? space.active({}) : sampler.next(this.#ranked(tried));
      if (!point) return;
      tried.push({ point, candidate: await this.#try(space.steps(point), point) });
    }
  }

  /** One place after the other: the best of each is what the next goes on from. */
  async passByPass(places: readonly Place[]): Promise<void> {
    let steps: readonly PassStep[] = [];
    for (const place of places) {
      const space = new SearchSpace([place]);
      const points = [...space.points()];
      if (points.length === 1) {
        steps = [...steps, ...space.steps(points[0]!)];
        continue;
      }
      const tried: Candidate[] = [];
      for (const point of points) {
        if (this.#isOver()) break;
        const candidate = await this.#try([...steps, ...space.steps(point)], point);
        if (candidate) tried.push(candidate);
      }
      const [best] = this.#options.judge.ranking(tried.map((c) => c.evaluation.metrics));
      if (best === undefined) return;
      steps = tried[best]!.steps;
    }
    if (this.#candidates.at(-1)?.steps !== steps && !this.#isOver()) await this.#try(steps, {});
  }

  #sampler(space: SearchSpace): Sampler {
    const { sampler, seed, maxSamples } = this.#options.strategy;
    if (sampler === "exhaustive") return exhaustiveSampler(space);
    if (sampler === "random") return randomSampler(space, seed);
    // A third of a small budget at random is enough to learn from.
    const startup =
      maxSamples === 0 ? TPE_DEFAULTS.startup : Math.min(TPE_DEFAULTS.startup, Math.ceil(maxSamples / 3));
    return tpeSampler(space, { ...TPE_DEFAULTS, seed, startup });
  }

  #ranked(tried: readonly { point: Point; candidate: Candidate | undefined }[]): Trial[] {
    const known = tried.filter(({ candidate }) => candidate !== undefined);
    const ranking = this.#options.judge.ranking(known.map(({ candidate }) => candidate!.evaluation.metrics));
    const ranks = new Map(ranking.map((index, rank) => [known[index]!.point, rank]));
    return tried.map(({ point }) => ({ point, rank: ranks.get(point) }));
  }

  #isOver(): boolean {
    const { maxSamples, maxMinutes, stopWhenGoalsMet } = this.#options.strategy;
    const minutes = (this.#now() - this.#startedAt) / 60_000;
    if (maxSamples > 0 && this.#samples >= maxSamples) this.#ended = `${maxSamples} candidates were tried`;
    else if (maxMinutes !== undefined && minutes >= maxMinutes)
      this.#ended = `${maxMinutes} minutes are over`;
    else if (
      stopWhenGoalsMet &&
      this.#candidates.some((c) => this.#options.judge.meetsGoals(c.evaluation.metrics))
    )
      this.#ended = "a candidate meets all goals";
    else return false;
    return true;
  }

  async #try(steps: readonly PassStep[], point: Point): Promise<Candidate | undefined> {
    const { log, strategy, onSample, runner } = this.#options;
    const refused = runner.refusal(steps);
    if (refused !== undefined) {
      // What makes no sense costs nothing, and is no sample.
      this.#failures.push({ steps, reason: refused });
      return undefined;
    }
    const outcome = await this.#made(steps);
    this.#samples++;
    const candidate = "failure" in outcome ? undefined : outcome;
    if (candidate) this.#candidates.push(candidate);
    else if ("failure" in outcome) this.#failures.push({ steps, reason: outcome.failure });
    const text = "failure" in outcome ? outcome.failure : "done";
    log.write({ event: "sample", number: this.#samples, point, key: candidate?.key ?? null, outcome: text });
    onSample?.(this.#samples, strategy.maxSamples);
    return candidate;
  }

  async #made(steps: readonly PassStep[]): Promise<Candidate | { failure: string }> {
    const { runner, cache, log, evaluationRoot } = this.#options;
    const key = runner.key(steps);
    const evaluationKey = contentKey({ key, evaluationRoot });
    const known = cache.evaluation<Evaluation>(evaluationKey);
    if (known) {
      runner.noteAll(steps);
      log.write({ event: "evaluate", key, seconds: 0, cached: true, metrics: known.metrics });
      return { key, steps, evaluation: known };
    }
    try {
      const outcome = await runner.run(steps);
      if ("failure" in outcome) return { failure: outcome.failure };
      const evaluation = await this.#evaluated(key, outcome.piece);
      cache.keepEvaluation(evaluationKey, evaluation);
      return { key, steps, evaluation };
    } catch (error) {
      // A machine that has run out of something ends the search; a candidate that can't be run is one of many.
      if (errnoOf(error) !== undefined || !(error instanceof TermduetError)) throw error;
      return { failure: error.message };
    }
  }

  async #evaluated(key: string, piece: Workpiece): Promise<Evaluation> {
    const { evaluate, log } = this.#options;
    const start = this.#now();
    const evaluation = await evaluate(piece);
    const seconds = Number(((this.#now() - start) / 1000).toFixed(3));
    log.write({ event: "evaluate", key, seconds, cached: false, metrics: evaluation.metrics });
    return evaluation;
  }
}
