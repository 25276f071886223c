import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { errnoOf, TermduetError } from "../terminology/termduet-error.ts";

/** The ratings of a review in the folder of its alignment: work of people, which no run may remove. */
export const RATINGS_FILE = "ratings.sqlite";

/**
 * A folder of results that appears whole or not at all: files are written to `DIR.partial`, which becomes DIR on
 * `commit` and is removed when it is disposed of before that.
 */
export class OutputFolder implements Disposable {
  readonly folder: string;
  readonly #partial: string;
  #committed = false;

  private constructor(folder: string) {
    this.folder = folder;
    this.#partial = `${folder}.partial`;
  }

  /**
   * Errors: `conflict` where DIR holds files and `force` is not set, or ratings at all; `bad-input` where it is no folder. What a killed
   * run left in `DIR.partial` is removed.
   */
  static begin(path: string, force: boolean): OutputFolder {
    const output = new OutputFolder(resolve(path));
    if (existsSync(output.folder)) {
      if (!statSync(output.folder).isDirectory())
        throw new TermduetError("bad-input", `--out ${path} is a file; give a folder`);
      output.#refuseRatings();
      if (!force && readdirSync(output.folder).length > 0)
        throw new TermduetError(
          "conflict",
          `--out ${path} already holds files; give another folder, or --force to replace it`,
        );
    }
    rmSync(output.#partial, { recursive: true, force: true });
    try {
      mkdirSync(output.#partial, { recursive: true });
    } catch (cause) {
      const why = errnoOf(cause) ?? "unknown error";
      throw new TermduetError("unavailable", `--out ${path} can't be written (${why})`, { cause });
    }
    return output;
  }

  /** Where to write the file of this name. */
  path(name: string): string {
    return join(this.#partial, name);
  }

  /** Puts the folder in its place; an old one is replaced whole. Errors: `conflict` where a review began meanwhile. */
  commit(): void {
    this.#refuseRatings();
    const old = `${this.folder}.replaced`;
    rmSync(old, { recursive: true, force: true });
    if (existsSync(this.folder)) renameSync(this.folder, old);
    renameSync(this.#partial, this.folder);
    this.#committed = true;
    rmSync(old, { recursive: true, force: true });
  }

  #refuseRatings(): void {
    if (!existsSync(join(this.folder, RATINGS_FILE))) return;
    throw new TermduetError(
      "conflict",
      `--out ${this.folder} holds the ratings of a review, which would be lost; give another folder`,
    );
  }

  [Symbol.dispose](): void {
    if (!this.#committed) rmSync(this.#partial, { recursive: true, force: true });
  }
}
