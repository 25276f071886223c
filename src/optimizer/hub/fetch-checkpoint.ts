import { existsSync } from "node:fs";
import { join } from "node:path";
import { listFiles, modelInfo } from "@huggingface/hub";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { shardsOf } from "../checkpoint/open-weights.ts";
import type { CheckpointName } from "./checkpoint-name.ts";
import { fetchFile, type ListedFile } from "./fetch-file.ts";
import { CachedRepository } from "./hub-cache.ts";
import { hubError } from "./hub-error.ts";
import type { HubSettings } from "./hub-settings.ts";
import { patientFetch } from "./patient-fetch.ts";
import { wantedFiles } from "./wanted-files.ts";

export interface FetchCheckpointOptions {
  settings: HubSettings;
  fetch?: typeof globalThis.fetch;
  onProgress?: OnProgress;
  signal?: AbortSignal;
  /** Wait before a request is tried again, doubled each time. */
  firstWaitMs?: number;
}

/** A checkpoint that is on this machine. */
export interface FetchedCheckpoint {
  folder: string;
  /** The revision as a commit. */
  commit: string;
}

// What becomes part of a path is looked at first: a mirror is not the hub.
const HASH = /^[0-9a-f]{40,64}$/;
const ATTEMPTS = 5;
const MAX_WAIT_MS = 120_000;

/**
 * Brings a checkpoint from the hub into the cache that Hugging Face's libraries share, unless it is there. Files come
 * one after the other, are checked against the hashes of the hub's listing, and are gone on with after a failure.
 * Errors: `not-found`, `unavailable`, `no-space`, `bad-input`; the cache is whole after each.
 */
export async function fetchCheckpoint(
  name: CheckpointName,
  options: FetchCheckpointOptions,
): Promise<FetchedCheckpoint> {
  const { settings } = options;
  const cached = new CachedRepository(settings.cache, name);
  if (settings.offline) return cachedCheckpoint(cached, name);
  const fetch = patientFetch({
    fetch: options.fetch ?? globalThis.fetch,
    attempts: ATTEMPTS,
    maxWaitMs: MAX_WAIT_MS,
    firstWaitMs: options.firstWaitMs ?? 1000,
    token: settings.token,
    hubUrl: settings.url,
  });
  try {
    return await new CheckpointTransfer(name, cached, fetch, options).run();
  } catch (error) {
    options.signal?.throwIfAborted();
    throw hubError(error, name, settings);
  }
}

/** A checkpoint as an earlier run, or Python's library, left it. */
function cachedCheckpoint(cached: CachedRepository, name: CheckpointName): FetchedCheckpoint {
  const commit = cached.commitOf(name.revision);
  if (commit !== undefined && existsSync(join(cached.snapshot(commit), "config.json")))
    return { folder: cached.snapshot(commit), commit };
  const message = `HF_HUB_OFFLINE is set and ${name.repository}@${name.revision} is not in the cache; fetch it on another machine`;
  throw new TermduetError("not-found", message);
}

class CheckpointTransfer {
  readonly #name: CheckpointName;
  readonly #cached: CachedRepository;
  readonly #fetch: typeof globalThis.fetch;
  readonly #options: FetchCheckpointOptions;

  constructor(
    name: CheckpointName,
    cached: CachedRepository,
    fetch: typeof globalThis.fetch,
    options: FetchCheckpointOptions,
  ) {
    this.#name = name;
    this.#cached = cached;
    this.#fetch = fetch;
    this.#options = options;
  }

  async run(): Promise<FetchedCheckpoint> {
    const { repository, revision } = this.#name;
    const access = { hubUrl: this.#options.settings.url, fetch: this.#fetch };
    const info = await modelInfo({ name: repository, revision, additionalFields: ["sha"], ...access });
    const commit = info.sha;
    if (!HASH.test(commit))
      throw new TermduetError("bad-input", `${access.hubUrl} names no commit of ${repository}`);
    const listed = new Map<string, ListedFile>();
    for await (const entry of listFiles({ repo: repository, revision: commit, recursive: true, ...access })) {
      const hash = entry.lfs?.oid ?? entry.oid;
      if (entry.type !== "file" || hash === undefined || !HASH.test(hash)) continue;
      listed.set(entry.path, {
        path: entry.path,
        size: entry.size,
        hash,
        kind: entry.lfs ? "sha256" : "git",
      });
    }
    const { small, weights } = wantedFiles(new Set(listed.keys()), `${repository}@${revision}`);
    const files = [...small, weights].map((path) => listed.get(path)!);
    await this.#bring(files, commit);
    if (weights.endsWith(".index.json")) await this.#bring(this.#shards(listed, commit, weights), commit);
    this.#cached.remember(revision, commit);
    return { folder: this.#cached.snapshot(commit), commit };
  }

  #shards(listed: ReadonlyMap<string, ListedFile>, commit: string, index: string): ListedFile[] {
    return shardsOf(join(this.#cached.snapshot(commit), index)).map((path) => {
      const file = listed.get(path);
      if (!file)
        throw new TermduetError(
          "not-found",
          `${this.#name.repository} lacks ${path}, a shard that ${index} names`,
        );
      return file;
    });
  }

  async #bring(files: readonly ListedFile[], commit: string): Promise<void> {
    const { onProgress, settings, signal } = this.#options;
    const total = files.reduce((sum, { size }) => sum + size, 0);
    let done = 0;
    const onBytes = (bytes: number): void => {
      done += bytes;
      onProgress?.({
        stage: "fetch",
        done: Math.round(done / 1e6),
        total: Math.ceil(total / 1e6),
        unit: "MB",
      });
    };
    for (const file of files) {
      const blob = this.#cached.blob(file.hash);
      await fetchFile(file, blob, {
        repository: this.#name.repository,
        commit,
        hubUrl: settings.url,
        fetch: this.#fetch,
        attempts: ATTEMPTS,
        onBytes,
        signal,
      });
      this.#cached.place(commit, file.path, blob);
    }
  }
}
