import { HttpProblem } from "../problems/http-problem.ts";

export interface AdmissionOptions {
  /** Units of work that run at once. */
  concurrent: number;
  /** Units that may wait. */
  waiting: number;
  maxWaitMs: number;
}

interface Waiter {
  weight: number;
  start: () => void;
}

/**
 * Lets a bounded amount of work in and keeps a bounded queue before it; what comes on top is refused at once, and what
 * waits too long is refused then, so that an overloaded server goes on answering what it can. Work of many parts is one
 * unit of a greater weight: it is admitted whole or not at all. First come, first served.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #queue: Waiter[] = [];
  #running = 0;
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
  async run<T>(weight: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const units = Math.min(weight, this.#options.concurrent);
    signal.throwIfAborted();
    if (this.#queue.length > 0 || this.#running + units > this.#options.concurrent) {
      if (this.#waiting + units > this.#options.waiting) throw overloaded();
      await this.#turn(units, signal);
    } else this.#running += units;
    try {
      return await work();
    } finally {
      this.#running -= units;
      this.#startNext();
    }
  }

  #turn(units: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown): void => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1);
        this.#waiting -= units;
        settle();
        reject(reason);
        this.#startNext(); // a heavy one that left may have held up lighter ones
      };
      const gone = (): void => leave(signal.reason);
      const timer = setTimeout(() => leave(overloaded()), this.#options.maxWaitMs);
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", gone);
      };
      const waiter: Waiter = {
        weight: units,
        start: () => {
          settle();
          this.#waiting -= units;
          this.#running += units;
          resolve();
        },
      };
      signal.addEventListener("abort", gone, { once: true });
      this.#queue.push(waiter);
      this.#waiting += units;
    });
  }

  #startNext(): void {
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      if (this.#running + first.weight > this.#options.concurrent) return;
      this.#queue.shift();
      first.start();
    }
  }
}

function overloaded(): HttpProblem {
  return new HttpProblem("overloaded", "too many searches are waiting; try again", { "Retry-After": "2" });
}
