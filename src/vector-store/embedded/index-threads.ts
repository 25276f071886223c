import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type ErrorCode, TermduetError } from "../../terminology/termduet-error.ts";
import type { IndexJob, IndexMessage, IndexReply, JobResults, VectorSource } from "./index-jobs.ts";

const MAX_THREADS = 8;

interface Task {
  job: IndexJob;
  /** By the clock of `performance.now()`. */
  deadline: number;
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
}

interface Seat {
  worker: Worker;
  task: Task | undefined;
}

/**
 * The threads that look for vectors, and make what they are found by: the calling thread serves meanwhile. Jobs go to whichever thread
 * is idle, in their order. Idle threads keep no process alive.
 */
export class IndexThreads {
  /** So many at most share one collection's codes. */
  readonly count = Math.max(1, Math.min(MAX_THREADS, availableParallelism()));
  readonly #seats: (Seat | undefined)[] = new Array(this.count).fill(undefined);
  readonly #sources = new Map<number, VectorSource>();
  readonly #waiting: Task[] = [];
  #nextSource = 0;

  /** Makes vectors known to the threads, by the number that jobs name them with. */
  open(vectors: VectorSource): number {
    const source = this.#nextSource++;
    this.#sources.set(source, vectors);
    this.#tell({ kind: "open", source, vectors });
    return source;
  }

  close(source: number): void {
    this.#sources.delete(source);
    this.#tell({ kind: "close", source });
  }

  /** Errors: `unavailable` for a job that no thread could begin in time. */
  run<J extends IndexJob>(
    job: J,
    timeoutMs: number = Number.POSITIVE_INFINITY,
  ): Promise<JobResults[J["kind"]]> {
    const deadline = performance.now() + timeoutMs;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, deadline, resolve: resolve as Task["resolve"], reject });
      this.#dispatch();
    });
  }

  #tell(message: IndexMessage): void {
    for (const seat of this.#seats) seat?.worker.postMessage(message);
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      if (this.#waiting[0]!.deadline < performance.now()) {
        this.#waiting
          .shift()!
          .reject(new TermduetError("unavailable", "no time is left for the store; try again"));
        continue;
      }
      let place = this.#seats.findIndex((seat) => seat && !seat.task);
      if (place < 0) place = this.#seats.indexOf(undefined);
      if (place < 0) return;
      const seat = this.#seats[place] ?? this.#hire(place);
      this.#seats[place] = seat;
      const task = this.#waiting.shift()!;
      seat.task = task;
      seat.worker.ref();
      seat.worker.postMessage({ kind: "job", job: task.job } satisfies IndexMessage);
    }
  }

  #hire(place: number): Seat {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./index-worker.${extension}`, import.meta.url), { workerData: place });
    const seat: Seat = { worker, task: undefined };
    for (const [source, vectors] of this.#sources)
      worker.postMessage({ kind: "open", source, vectors } satisfies IndexMessage);
    worker.on("message", (reply: IndexReply) => {
      const { task } = seat;
      seat.task = undefined;
      worker.unref();
      if ("result" in reply) task?.resolve(reply.result as never);
      else task?.reject(asError(reply));
      this.#dispatch();
    });
    let reason: unknown;
    worker.on("error", (error) => {
      reason = error;
    });
    worker.on("exit", () => {
      this.#seats[place] = undefined;
      seat.task?.reject(
        new TermduetError("internal", "a thread of the store died; try again", { cause: reason }),
      );
      this.#dispatch();
    });
    return seat;
  }
}

function asError({ error, code }: { error: string; code?: string }): Error {
  return code === undefined ? new Error(error) : new TermduetError(code as ErrorCode, error);
}

/** One set of threads for all stores of the process. */
export const indexThreads = new IndexThreads();
