import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
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
const LAYOUT = 2;

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
  readonly #file: number;
  readonly #stages = new Map<string, unknown>();
  readonly #blocks = new Map<string, { count: number; encoded: number; copied: number }>();

  /**
   * Opens the folder of a release, anew or where an earlier run stopped.
   * Errors: `conflict` when another run works in it, when there is unfinished work and `mode` is `new`, or when the
   * unfinished work is of another source, other encoders or another layout.
   */
  constructor(folder: string, plan: IngestPlan, mode: JournalMode) {
    this.folder = folder;
    const planFile = join(folder, "plan.json");
    const written = JSON.stringify({ layout: LAYOUT, ...plan });
    const unfinished = existsSync(planFile) ? readFileSync(planFile, "utf8") : undefined;
    refuseSecondRun(folder);
    const release = `${plan.dataset} ${plan.release}`;
    if (unfinished !== undefined && mode === "new") {
      throw new TermduetError(
        "conflict",
        `an ingest of ${release} was not finished (${folder}); add --resume to go on with it, or --restart to begin again`,
      );
    }
    const isOther = unfinished !== undefined && unfinished !== written;
    if (unfinished === undefined || mode === "restart" || (mode === "either" && isOther)) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      writeFileSync(planFile, written, { flush: true });
    } else if (isOther) {
      throw new TermduetError(
        "conflict",
        `the unfinished ingest of ${release} is of another source, other filters, other encoders or another version of termduet; use --restart to begin again`,
      );
    }
    writeFileSync(join(folder, "pid"), String(process.pid));
    this.#read();
    this.#file = openSync(join(folder, "journal.jsonl"), "a");
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
    rmSync(join(this.folder, "pid"), { force: true });
  }

  #append(entry: Entry): void {
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    fsyncSync(this.#file);
  }

  #read(): void {
    const path = join(this.folder, "journal.jsonl");
    if (!existsSync(path)) return;
    const text = readFileSync(path, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    // A line that the crash cut is forgotten; new lines must not continue it.
    if (whole.length < text.length) writeFileSync(path, whole, { flush: true });
    for (const line of whole.split("\n").filter(Boolean)) {
      const entry = JSON.parse(line) as Entry;
      if ("stage" in entry) this.#stages.set(entry.stage, entry.result);
      else this.#blocks.set(`${entry.collection} ${entry.block}`, entry);
    }
  }
}

/** A pid file of a process that is still alive means that another run works in the folder. */
function refuseSecondRun(folder: string): void {
  const path = join(folder, "pid");
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, "utf8"));
  if (pid === process.pid || !isAlive(pid)) return;
  throw new TermduetError("conflict", `process ${pid} is ingesting into ${folder}; wait for it, or stop it`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
