import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { SessionSettings } from "../../encoder/session-settings.ts";
import { errnoOf } from "../../terminology/termduet-error.ts";
import { readModel, storeModel } from "../onnx/model-file.ts";
import type { Workpiece } from "../passes/pass.ts";

/** A key that follows from everything that a result depends on: SHA-256 of it as JSON, in hex. */
export function contentKey(parts: unknown): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** What came of a pass, kept in the cache. */
export interface RunRecord {
  pass: string;
  parameters: Readonly<Record<string, unknown>>;
  /** Key of the run that it went on from; null for the first. */
  parent: string | null;
  /** Why it failed, where it did: a run that failed is not tried again. */
  failure?: string;
  session: SessionSettings;
  /** ISO 8601. */
  startedAt: string;
  seconds: number;
}

/**
 * What passes made and evaluations found, by content: a search that was broken off goes on with what there is. An
 * entry appears whole or not at all.
 */
export class ContentCache {
  readonly #folder: string;
  /** For files of the moment; on the same file system as the entries. */
  readonly workspace: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.workspace = join(folder, `work-${process.pid}`);
    mkdirSync(join(folder, "runs"), { recursive: true });
    mkdirSync(join(folder, "evaluations"), { recursive: true });
    for (const left of abandonedFolders(folder)) rmSync(left, { recursive: true, force: true });
    rmSync(this.workspace, { recursive: true, force: true });
    mkdirSync(this.workspace);
  }

  run(key: string): RunRecord | undefined {
    return this.#json<RunRecord>(join(this.#folder, "runs", key, "run.json"));
  }

  /** The model of a run, its weights on disk; undefined where it was not kept. */
  piece(key: string): Workpiece | undefined {
    const path = join(this.#folder, "runs", key, "model.onnx");
    const record = this.run(key);
    if (!record || record.failure !== undefined || !existsSync(path)) return undefined;
    return { model: readModel(path), session: record.session };
  }

  /**
   * Keeps a run, with its model where there is one, and gives the model from disk. The record is asked for when the
   * model is written, since weights are made only then.
   */
  keepRun(key: string, record: () => RunRecord, piece: Workpiece | undefined): Workpiece | undefined {
    const folder = mkdtempSync(join(this.workspace, "run-"));
    if (piece) storeModel(piece.model, folder, key.slice(0, 32));
    writeFileSync(join(folder, "run.json"), `${JSON.stringify(record(), null, 2)}\n`);
    const target = join(this.#folder, "runs", key);
    rmSync(target, { recursive: true, force: true });
    renameSync(folder, target);
    return this.piece(key);
  }

  evaluation<T>(key: string): T | undefined {
    return this.#json<T>(join(this.#folder, "evaluations", `${key}.json`));
  }

  keepEvaluation(key: string, value: unknown): void {
    const path = join(this.#folder, "evaluations", `${key}.json`);
    writeFileSync(`${path}.partial`, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(`${path}.partial`, path);
  }

  /** Drops the graphs of runs; what is known of them stays. */
  dropModels(keys: Iterable<string>): void {
    for (const key of keys) {
      const record = this.run(key);
      if (record) this.keepRun(key, () => record, undefined);
    }
  }

  /** Removes the files of the moment. */
  close(): void {
    rmSync(this.workspace, { recursive: true, force: true });
  }

  #json<T>(path: string): T | undefined {
    if (!existsSync(path)) return undefined;
    try {
      return JSON.parse(readFileSync(path, "utf8"));
    } catch {
      // A damaged entry is made again.
      return undefined;
    }
  }
}

/** Work folders of processes that are no more. */
function abandonedFolders(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^work-\d+$/.test(name) && !isRunning(Number(name.slice(5))))
    .map((name) => join(folder, name));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === "EPERM";
  }
}
