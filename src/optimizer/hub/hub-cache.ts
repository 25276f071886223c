import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import type { CheckpointName } from "./checkpoint-name.ts";

const COMMIT = /^[0-9a-f]{40}$/;

/** One repository in the cache that Hugging Face's libraries share: `blobs` by content, `snapshots` by commit. */
export class CachedRepository {
  readonly #folder: string;

  constructor(cache: string, { repository }: Pick<CheckpointName, "repository">) {
    this.#folder = join(cache, ["models", ...repository.split("/")].join("--"));
  }

  /** The commit that a branch or tag stood for when it was last asked; a commit stands for itself. */
  commitOf(revision: string): string | undefined {
    if (COMMIT.test(revision)) return revision;
    const ref = join(this.#folder, "refs", revision);
    return existsSync(ref) ? readFileSync(ref, "utf8").trim() : undefined;
  }

  remember(revision: string, commit: string): void {
    if (revision === commit) return;
    const ref = join(this.#folder, "refs", revision);
    mkdirSync(dirname(ref), { recursive: true });
    writeFileSync(ref, commit);
  }

  snapshot(commit: string): string {
    return join(this.#folder, "snapshots", commit);
  }

  /** Where a file's content lies, by its hash. */
  blob(hash: string): string {
    mkdirSync(join(this.#folder, "blobs"), { recursive: true });
    return join(this.#folder, "blobs", hash);
  }

  /** Gives a content its name in a commit; a copy where the file system has no links. */
  place(commit: string, path: string, blob: string): void {
    const target = join(this.snapshot(commit), path);
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { force: true });
    try {
      symlinkSync(relative(dirname(target), blob), target);
    } catch {
      copyFileSync(blob, target);
    }
  }
}
