import { Worker } from "node:worker_threads";
import { TermduetError } from "../terminology/termduet-error.ts";
import { type EncoderFolder, verifyEncoderFolder } from "./encoder-manifest.ts";
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
  /** Ends the worker where a job takes longer than any can. */
  watch: NodeJS.Timeout | undefined;
}

/** How long the pool waits for what may never come. */
export interface PoolPatience {
  /** A job that takes longer hangs: so long, and so much longer for each text. */
  jobMs: number;
  textMs: number;
  /** Before the next try to hire where one has failed; doubled each time up to the most. */
  rehireMs: number;
  mostRehireMs: number;
}

const PATIENCE: PoolPatience = { jobMs: 60_000, textMs: 2_000, rehireMs: 500, mostRehireMs: 30_000 };
const MAX_ATTEMPTS = 2;
const CLOSING_MS = 10_000;
/** A worker that was given up may still come to its end by itself, which is safer than to tear it down: see `ended`. */
const HUNG_MS = 300_000;

/**
 * Worker threads that each hold a session of one encoder. A request goes to an idle worker; the others wait in order.
 * A worker that dies fails its request alone, which is tried once more on a new worker; one that hangs is given up with its request.
 * Where no new worker can be had, requests fail until one can: it is tried again and again.
 */
export class EncoderPool implements Encoder {
  readonly folder: EncoderFolder;
  readonly #start: WorkerStart;
  readonly #seats: Seat[] = [];
  readonly #waiting: Job[] = [];
  readonly #patience: PoolPatience;
  #next = 0;
  #closed = false;
  /** Why the last try to hire failed; undefined where none has. */
  #unhired: unknown;

  private constructor(folder: EncoderFolder, options: LoadOptions, patience: PoolPatience) {
    this.folder = folder;
    this.#start = { folder, options };
    this.#patience = patience;
  }

  /**
   * Starts the workers and waits until each has loaded the encoder. Its files are compared with their checksums meanwhile: a damaged
   * model encodes as well as a whole one, and finds something else.
   * Errors: `bad-input` for a file that is not the encoder's, those of loading it.
   */
  static async start(
    folder: EncoderFolder,
    workers: number,
    options: LoadOptions,
    patience: Partial<PoolPatience> = {},
  ): Promise<EncoderPool> {
    const pool = new EncoderPool(folder, options, { ...PATIENCE, ...patience });
    const hired = Array.from({ length: workers }, () => pool.#hire());
    try {
      // Of a file that is not what it must be, loading may say something less clear.
      await verifyEncoderFolder(folder);
      await Promise.all(hired);
    } catch (error) {
      await Promise.allSettled(hired);
      await pool[Symbol.asyncDispose]();
      throw error;
    }
    return pool;
  }

  encode(texts: readonly string[], role: TextRole, contexts?: TextContexts): Promise<EncodedTexts> {
    if (this.#closed) return Promise.reject(this.#gone());
    if (this.#seats.length === 0 && this.#unhired !== undefined) return Promise.reject(this.#unhired);
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
    const seat: Seat = { worker, job: undefined, watch: undefined };
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
    if (this.#closed) {
      await ended(worker);
      throw this.#gone();
    }
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
      const { jobMs, textMs } = this.#patience;
      seat.watch = setTimeout(() => this.#giveUp(seat), jobMs + textMs * texts.length).unref();
    }
  }

  #answered(seat: Seat, message: WorkerReply): void {
    const job = seat.job;
    seat.job = undefined;
    clearTimeout(seat.watch);
    if (message.kind === "vectors") job?.resolve({ vectors: message.vectors, tokens: message.tokens });
    else if (message.kind === "failed") job?.reject(new TermduetError(message.code, message.message));
    this.#dispatch();
  }

  /** A worker that hangs: its request would hang the next one too. The thread ends when it can; nobody waits for that. */
  #giveUp(seat: Seat): void {
    const place = this.#seats.indexOf(seat);
    if (place < 0) return;
    this.#seats.splice(place, 1);
    seat.job?.reject(
      new TermduetError(
        "unavailable",
        `encoder ${this.folder.manifest.id} took too long for a text and was started anew; ask for something shorter`,
      ),
    );
    seat.job = undefined;
    void ended(seat.worker, HUNG_MS);
    if (!this.#closed) this.#rehire(this.#patience.rehireMs);
  }

  #left(seat: Seat, code: number): void {
    clearTimeout(seat.watch);
    const place = this.#seats.indexOf(seat);
    if (place < 0) return; // given up already
    this.#seats.splice(place, 1);
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
    this.#rehire(this.#patience.rehireMs);
  }

  #rehire(retryMs: number): void {
    if (this.#closed) return;
    verifyEncoderFolder(this.folder)
      .then(() => this.#hire())
      .then(
        () => {
          this.#unhired = undefined;
          this.#dispatch();
        },
        (error: unknown) => {
          this.#unhired = error;
          if (this.#seats.length === 0) for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
          const next = Math.min(2 * retryMs, this.#patience.mostRehireMs);
          setTimeout(() => this.#rehire(next), retryMs).unref();
        },
      );
  }
}

/** A thread that is torn down within a run of ONNX Runtime can take the process with it, so it is asked to end first. */
async function ended(worker: Worker, patienceMs = CLOSING_MS): Promise<void> {
  const timer = setTimeout(() => void worker.terminate(), patienceMs).unref();
  try {
    await new Promise<void>((resolve) => {
      worker.once("exit", () => resolve());
      worker.postMessage(CLOSE);
    });
  } finally {
    clearTimeout(timer);
  }
}
