import { Worker } from "node:worker_threads";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { EncoderFolder } from "./encoder-manifest.ts";
import type { EncodedTexts, LoadOptions, TextContexts, TextRole } from "./loaded-encoder.ts";
import { CLOSE, type WorkerReply, type WorkerRequest, type WorkerStart } from "./worker-messages.ts";

/** Texts to vectors, somewhere else than in the calling thread. */
export interface Encoder extends AsyncDisposable {
  readonly folder: EncoderFolder;
  encode(texts: readonly string[], role: TextRole, contexts?: TextContexts): Promise<EncodedTexts>;
}

interface Job extends Omit<WorkerRequest, "id"> {
  resolve: (encoded: EncodedTexts) => void;
  reject: (error: unknown) => void;
  attempts: number;
}

interface Seat {
  worker: Worker;
  job: Job | undefined;
}

const MAX_ATTEMPTS = 2;
const CLOSING_MS = 10_000;

/**
 * Worker threads that each hold a session of one encoder. A request goes to an idle worker; the others wait in order.
 * A worker that dies fails its request alone, which is tried once more on a new worker.
 */
export class EncoderPool implements Encoder {
  readonly folder: EncoderFolder;
  readonly #start: WorkerStart;
  readonly #seats: Seat[] = [];
  readonly #waiting: Job[] = [];
  #next = 0;
  #closed = false;

  private constructor(folder: EncoderFolder, options: LoadOptions) {
    this.folder = folder;
    this.#start = { folder, options };
  }

  /** Starts the workers and waits until each has loaded the encoder. */
  static async start(folder: EncoderFolder, workers: number, options: LoadOptions): Promise<EncoderPool> {
    const pool = new EncoderPool(folder, options);
    try {
      await Promise.all(Array.from({ length: workers }, () => pool.#hire()));
    } catch (error) {
      await pool[Symbol.asyncDispose]();
      throw error;
    }
    return pool;
  }

  encode(texts: readonly string[], role: TextRole, contexts?: TextContexts): Promise<EncodedTexts> {
    if (this.#closed) return Promise.reject(this.#gone());
    if (texts.length === 0) return Promise.resolve({ vectors: new Float32Array(0), tokens: 0 });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ texts, role, ...(contexts ? { contexts } : {}), resolve, reject, attempts: 0 });
      this.#dispatch();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.reject(this.#gone());
    await Promise.all(this.#seats.map(({ worker }) => ended(worker)));
  }

  #gone(): TermduetError {
    return new TermduetError("unavailable", `encoder ${this.folder.manifest.id} has been closed`);
  }

  async #hire(): Promise<void> {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./encoder-worker.${extension}`, import.meta.url), {
      workerData: this.#start,
    });
    const seat: Seat = { worker, job: undefined };
    await new Promise<void>((resolve, reject) => {
      worker.once("error", reject);
      worker.once("exit", () => reject(this.#gone()));
      worker.once("message", (message: WorkerReply) => {
        if (message.kind === "failed") reject(new TermduetError(message.code, message.message));
        else resolve();
      });
    });
    worker.removeAllListeners("error");
    worker.removeAllListeners("exit");
    worker.on("message", (message: WorkerReply) => this.#answered(seat, message));
    worker.on("error", () => undefined); // "exit" follows and does the work
    worker.on("exit", (code) => this.#left(seat, code));
    this.#seats.push(seat);
  }

  #dispatch(): void {
    for (const seat of this.#seats) {
      if (seat.job) continue;
      const job = this.#waiting.shift();
      if (!job) return;
      seat.job = job;
      job.attempts++;
      const { texts, role, contexts } = job;
      const request = { id: this.#next++, texts, role, ...(contexts ? { contexts } : {}) };
      seat.worker.postMessage(request satisfies WorkerRequest);
    }
  }

  #answered(seat: Seat, message: WorkerReply): void {
    const job = seat.job;
    seat.job = undefined;
    if (message.kind === "vectors") job?.resolve({ vectors: message.vectors, tokens: message.tokens });
    else if (message.kind === "failed") job?.reject(new TermduetError(message.code, message.message));
    this.#dispatch();
  }

  #left(seat: Seat, code: number): void {
    this.#seats.splice(this.#seats.indexOf(seat), 1);
    const job = seat.job;
    if (this.#closed) {
      job?.reject(this.#gone());
      return;
    }
    const reason = new TermduetError(
      "internal",
      `a worker of encoder ${this.folder.manifest.id} died (exit code ${code})`,
    );
    if (job && job.attempts < MAX_ATTEMPTS) this.#waiting.unshift(job);
    else job?.reject(reason);
    this.#hire().then(
      () => this.#dispatch(),
      (error: unknown) => {
        if (this.#seats.length === 0) for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
      },
    );
  }
}

/** A thread that is torn down within a run of ONNX Runtime can take the process with it, so it is asked to end first. */
async function ended(worker: Worker): Promise<void> {
  const timer = setTimeout(() => void worker.terminate(), CLOSING_MS);
  try {
    await new Promise<void>((resolve) => {
      worker.once("exit", () => resolve());
      worker.postMessage(CLOSE);
    });
  } finally {
    clearTimeout(timer);
  }
}
