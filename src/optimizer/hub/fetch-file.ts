import { createHash } from "node:crypto";
import { closeSync, createReadStream, existsSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { ReadableStream } from "node:stream/web";
import { fileDownloadInfo } from "@huggingface/hub";
import { TermduetError } from "../../terminology/termduet-error.ts";

/** A file of a repository as its listing describes it. */
export interface ListedFile {
  path: string;
  size: number;
  /** SHA-256 of a large file, or Git's SHA-1 of a small one: the name of its content. */
  hash: string;
  kind: "sha256" | "git";
}

export interface FetchFileOptions {
  repository: string;
  commit: string;
  hubUrl: string;
  fetch: typeof globalThis.fetch;
  /** Transfers in a row that may bring nothing. */
  attempts: number;
  onBytes?: (bytes: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Brings a file to `target`, whole and checked, or not at all. What has come of it stays in `target.incomplete`, and
 * is gone on with. Errors: those of the hub, `bad-input` where what came is not what the listing names.
 */
export async function fetchFile(file: ListedFile, target: string, options: FetchFileOptions): Promise<void> {
  if (existsSync(target)) {
    options.onBytes?.(file.size);
    return;
  }
  const partial = `${target}.incomplete`;
  const { repository, commit, hubUrl, fetch } = options;
  const info = await fileDownloadInfo({ repo: repository, path: file.path, revision: commit, hubUrl, fetch });
  if (!info) throw new TermduetError("not-found", `${repository}@${commit} has no ${file.path}`);
  closeSync(openSync(partial, "a"));
  const had = sizeOf(partial);
  options.onBytes?.(Math.min(had, file.size));
  let failures = 0;
  for (let before = had; sizeOf(partial) < file.size; before = sizeOf(partial)) {
    try {
      await append(info.url, partial, file.size, options);
    } catch (error) {
      // A transfer that brought something is no failure: a slow line may break often.
      failures = sizeOf(partial) > before ? 0 : failures + 1;
      if (failures >= options.attempts || options.signal?.aborted || !isBrokenTransfer(error)) throw error;
    }
  }
  if ((await hashOf(partial, file)) !== file.hash && had > 0) {
    // What an earlier run left may be of another file: once more, from the start.
    rmSync(partial);
    await append(info.url, partial, file.size, options);
  }
  if ((await hashOf(partial, file)) !== file.hash) {
    rmSync(partial, { force: true });
    const message = `${file.path} of ${repository} came damaged: its ${file.kind} hash is not ${file.hash}; fetch it again`;
    throw new TermduetError("bad-input", message);
  }
  renameSync(partial, target);
}

/** Fetches what is missing of a file and appends it. */
async function append(url: string, partial: string, size: number, options: FetchFileOptions): Promise<void> {
  const start = sizeOf(partial);
  const headers = start > 0 ? { Range: `bytes=${start}-` } : {};
  const response = await options.fetch(url, {
    headers,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (!response.ok || !response.body) throw new TransferError(`status ${response.status}`);
  // A server that ignores ranges sends the whole file.
  const file = await open(partial, response.status === 200 ? "w" : "a");
  try {
    // Each piece is written before the next is awaited: what came before a broken connection is kept.
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      await file.writeFile(chunk);
      options.onBytes?.(chunk.length);
    }
  } finally {
    await file.close();
  }
  if (sizeOf(partial) < size) throw new TransferError(`${sizeOf(partial)} of ${size} bytes`);
}

/** A transfer that ended before the file did. */
class TransferError extends Error {
  override name = "TransferError";
}

/** Whether what is missing may still come: the connection broke, not the disk. */
function isBrokenTransfer(error: unknown): boolean {
  if (error instanceof TransferError || error instanceof TypeError) return true;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^(UND_ERR|ECONN|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE_CLOSE)/.test(code);
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** Git names a content by the SHA-1 of `blob SIZE\0` and its bytes. */
async function hashOf(path: string, { kind, size }: ListedFile): Promise<string> {
  const hash = createHash(kind === "git" ? "sha1" : "sha256");
  if (kind === "git") hash.update(`blob ${size}\0`);
  if (existsSync(path)) for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
