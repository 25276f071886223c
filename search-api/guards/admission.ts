import { HttpProblem } from "../problems/http-problem.ts";

export interface AdmissionOptions {
  /** Pieces of work that run at once. */
  concurrent: number;
  /** Requests that may wait. */
  waiting: number;
  maxWaitMs: number;
  /** While no more than these wait, nobody is refused for having waited. */
  few?: number;
}

export interface AdmissionTurn {
  /** What goes on with work that has been let in already waits as long as it takes. */
  patient?: boolean;
  /** A part of many queries: what a person waits for goes before it. */
  behind?: boolean;
}

/** Of so many turns one is for those who stand behind, so that they get on too. */
const TURNS_FOR_THOSE_BEHIND = 4;

/**
 * Lets a bounded amount of work in and keeps a bounded queue before it; what comes on top is refused at once, and what
 * waits too long is refused then, so that an overloaded server goes on answering what it can. First come, first served, but for parts
 * of batches: they stand behind single searches, and never take all the room. A
 * short queue that stands still is no overload but a pause, of the disk or of an ingest beside: it waits on.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #queue: (() => void)[] = [];
  readonly #behind: (() => void)[] = [];
  #running = 0;
  #runningBehind = 0;
  #turns = 0;
  /** Requests that wait, in the queue or with one that does. */
  #waiting = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Runs the work when there is room. The room is taken until the work has ended, even when nobody waits for it.
   * Errors: `HttpProblem` `overloaded`, or the signal's reason when it aborts while waiting.
   */
  async run<T>(
    signal: AbortSignal,
    work: () => Promise<T>,
    { patient = false, behind = false }: AdmissionTurn = {},
  ): Promise<T> {
    signal.throwIfAborted();
    if (behind ? this.#mayBehind : this.#running < this.#options.concurrent) this.#begin(behind);
    else await this.#turn(signal, patient, behind);
    try {
      return await work();
    } finally {
      this.#running--;
      if (behind) this.#runningBehind--;
      this.#next();
    }
  }

  /** Those behind leave room for one search of somebody who waits. */
  get #mayBehind(): boolean {
    const { concurrent } = this.#options;
    return this.#running < concurrent && this.#runningBehind < Math.max(1, concurrent - 1);
  }

  #begin(behind: boolean): void {
    this.#running++;
    if (behind) this.#runningBehind++;
  }

  /**
   * One more request waits, for a turn that another one has asked for. The function says that it waits no longer.
   * Errors: `overloaded` where no more may wait.
   */
  besides(): () => void {
    if (this.#waiting >= this.#options.waiting) throw overloaded();
    this.#waiting++;
    return () => {
      this.#waiting--;
    };
  }

  async #turn(signal: AbortSignal, patient: boolean, behind: boolean): Promise<void> {
    const leave = patient ? () => undefined : this.besides();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const queue = behind ? this.#behind : this.#queue;
    const give = (reason: unknown): void => {
      const place = queue.indexOf(resolve);
      if (place < 0) return; // its turn has come
      queue.splice(place, 1);
      reject(reason);
    };
    const gone = (): void => give(signal.reason);
    const { maxWaitMs, few = 0 } = this.#options;
    const timer = patient
      ? undefined
      : setInterval(() => this.#waiting > few && give(overloaded()), maxWaitMs);
    signal.addEventListener("abort", gone, { once: true });
    queue.push(resolve);
    try {
      await promise;
    } finally {
      clearInterval(timer);
      signal.removeEventListener("abort", gone);
      leave();
    }
  }

  /** Hands the room on to the first that waits; what it takes is counted here, before anybody else can take it. */
  #next(): void {
    while (this.#running < this.#options.concurrent) {
      const mayBehind = this.#behind.length > 0 && this.#mayBehind;
      const isTheirs = mayBehind && (this.#queue.length === 0 || this.#turns % TURNS_FOR_THOSE_BEHIND === 0);
      const first = isTheirs ? this.#behind.shift() : this.#queue.shift();
      if (!first) return;
      this.#turns++;
      this.#begin(isTheirs);
      first();
    }
  }
}

function overloaded(): HttpProblem {
  return new HttpProblem("overloaded", "too many searches are waiting; try again", { "Retry-After": "2" });
}
