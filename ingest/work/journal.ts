import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type HeldLock, LockHeld, tryLock } from "../../src/machine/held-lock.ts";
import { syncFolder } from "../../src/machine/sync-folder.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";

/** Everything that two runs must have in common for one to go on where the other stopped. */
export interface IngestPlan {
  dataset: string;
  release: string;
  generation: number;
  /** SHA-256 over the source and the filters. */
  fingerprint: string;
  encoders: { id: string; hash: string }[];
  store: string;
}

/** Number of the format of spilled rows, block keys and journal; raised when it changes, so that old work is not mixed with new. */
const LAYOUT = 3;

type Entry =
  | { stage: string; result: unknown }
  | { block: number; collection: string; count: number; encoded: number; copied: number };

/**
 * What to do with unfinished work: refuse (`new`), go on with it, throw it away, or go on where it is of the same plan
 * and else throw it away (`either`).
 */
export type JournalMode = "new" | "resume" | "restart" | "either";

/**
 * The work folder of one ingest: spilled rows, and a journal of what is done, one synced line each. A run that was
 * killed is gone on with from its last line.
 */
export class Journal implements Disposable {
  readonly folder: string;
  /** The generation that the work makes: that of the plan, or where it is gone on with, of the work that was there. */
  readonly generation: number;
  readonly #file: number;
  readonly #lock: HeldLock;
  readonly #stages = new Map<string, unknown>();
  readonly #blocks = new Map<string, { count: number; encoded: number; copied: number }>();

  /**
   * Opens the folder of a release, anew or where an earlier run stopped.
   * Errors: `conflict` when another run works in it, when there is unfinished work and `mode` is `new`, or when the
   * unfinished work is of another source, other encoders or another layout.
   */
  constructor(folder: string, plan: IngestPlan, mode: JournalMode) {
    this.folder = folder;
    this.#lock = lockWork(folder, plan);
    try {
      const left = unfinishedPlan(folder);
      this.generation = this.#begin(plan, left, mode);
      this.#read();
      this.#file = openSync(this.#path, "a");
      syncFolder(folder);
    } catch (error) {
      this.#lock[Symbol.dispose]();
      throw error;
    }
  }

  /** Result of a stage that is done. */
  stage<T>(stage: string): T | undefined {
    return this.#stages.get(stage) as T | undefined;
  }

  /** Does the work of a stage unless an earlier run has done it; gives what it gave. */
  async once<T>(name: string, work: () => Promise<T>): Promise<T> {
    const done = this.stage<T>(name);
    if (done !== undefined) return done;
    const result = await work();
    this.stageDone(name, result);
    return result;
  }

  stageDone(stage: string, result: unknown): void {
    this.#stages.set(stage, result);
    this.#append({ stage, result });
  }

  block(block: number, collection: string): { count: number; encoded: number; copied: number } | undefined {
    return this.#blocks.get(`${collection} ${block}`);
  }

  blockDone(
    block: number,
    collection: string,
    counts: { count: number; encoded: number; copied: number },
  ): void {
    this.#blocks.set(`${collection} ${block}`, counts);
    this.#append({ block, collection, ...counts });
  }

  /** Forgets the run: the next one begins anew. */
  discard(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
    this.#lock[Symbol.dispose]();
  }

  get #path(): string {
    return join(this.folder, "journal.jsonl");
  }

  #begin(plan: IngestPlan, left: string | undefined, mode: JournalMode): number {
    const release = `${plan.dataset} ${plan.release}`;
    if (left !== undefined && mode === "new") {
      throw new TermduetError(
        "conflict",
        `an ingest of ${release} was not finished (${this.folder}); add --resume to go on with it, or --restart to begin again`,
      );
    }
    const generation = generationOf(left, plan);
    const isAnew = mode === "restart" || (mode === "either" && generation === undefined);
    if (left !== undefined && generation !== undefined && !isAnew) return generation;
    if (left !== undefined && !isAnew) {
      throw new TermduetError(
        "conflict",
        `the unfinished ingest of ${release} is of another source, other filters, other encoders or another version of termduet, or its plan is damaged (${this.folder}); use --restart to begin again`,
      );
    }
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    const draft = join(this.folder, `${PLAN}.new`);
    writeFileSync(draft, written(plan), { flush: true });
    renameSync(draft, join(this.folder, PLAN));
    for (const above of [this.folder, dirname(this.folder), dirname(dirname(this.folder))]) syncFolder(above);
    return plan.generation;
  }

  #append(entry: Entry): void {
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    fsyncSync(this.#file);
  }

  #read(): void {
    const path = this.#path;
    if (!existsSync(path)) return;
    const text = readFileSync(path, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    // A line that the crash cut is forgotten; new lines must not continue it.
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
    for (const [number, line] of whole.split("\n").entries()) {
      if (line === "") continue;
      const entry = entryOf(line, `${path}, line ${number + 1}`);
      if ("stage" in entry) this.#stages.set(entry.stage, entry.result);
      else this.#blocks.set(`${entry.collection} ${entry.block}`, entry);
    }
  }
}

const PLAN = "plan.json";

function written(plan: IngestPlan): string {
  return JSON.stringify({ layout: LAYOUT, ...plan });
}

function unfinishedPlan(folder: string): string | undefined {
  const path = join(folder, PLAN);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** The generation of work that was left, where it is of the same plan but for that. */
function generationOf(left: string | undefined, plan: IngestPlan): number | undefined {
  try {
    const { generation } = JSON.parse(left ?? "") as IngestPlan;
    return left === written({ ...plan, generation }) ? generation : undefined;
  } catch {
    return undefined;
  }
}

function entryOf(line: string, where: string): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch (cause) {
    throw new TermduetError("bad-input", `${where} is damaged; begin again with --restart`, { cause });
  }
}

function lockWork(folder: string, { dataset, release }: IngestPlan): HeldLock {
  const lock = tryLock(
    join(dirname(folder), "locks"),
    basename(folder),
    `an ingest of ${dataset} ${release}`,
  );
  if (!(lock instanceof LockHeld)) return lock;
  throw new TermduetError("conflict", `${folder} is held by ${lock.holder}; wait for it, or stop it`);
}
