import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { syncFolder } from "../machine/sync-folder.ts";
import { errnoOf, TermduetError } from "../terminology/termduet-error.ts";

/** The ratings of a review in the folder of its alignment: work of people, which no run may remove. */
export const RATINGS_FILE = "ratings.sqlite";

/** All that a run may write. What else lies in a folder is somebody's, and no run removes it. */
const FILES: ReadonlySet<string> = new Set([
  "alignments.csv",
  "alignments.xlsx",
  "alignments.parquet",
  "alignments.sssom.tsv",
  "alignments.rdf",
  "candidates.jsonl",
  "conceptmap.json",
  "conceptmap.r5.json",
  "source_to_concept_map.csv",
  "usagi.csv",
  "joined.csv",
  "summary.json",
  "report.html",
  "ratings.csv",
  "rejects.tsv",
]);
/** In a draft of ours, so that what a killed run left is known as such. */
const MARKER = ".termduet-draft";

/**
 * A folder of results that appears whole or not at all: files are written to a draft beside it, which becomes DIR on
 * `commit` and is removed when it is disposed of before that.
 */
export class OutputFolder implements Disposable {
  readonly folder: string;
  readonly #draft: string;
  #committed = false;

  private constructor(folder: string) {
    this.folder = folder;
    mkdirSync(dirname(folder), { recursive: true });
    this.#draft = mkdtempSync(`${folder}.draft-`);
    writeFileSync(join(this.#draft, MARKER), "");
  }

  /**
   * Errors: `conflict` where DIR holds files and `force` is not set, or files that are not of an alignment, or ratings; `bad-input`
   * where it is no folder. Drafts that killed runs left are removed.
   */
  static begin(path: string, force: boolean): OutputFolder {
    const folder = resolve(path);
    if (existsSync(folder)) {
      if (!statSync(folder).isDirectory())
        throw new TermduetError("bad-input", `--out ${path} is a file; give a folder`);
      refuseOthersFiles(folder);
      if (!force && readdirSync(folder).length > 0)
        throw new TermduetError(
          "conflict",
          `--out ${path} already holds files; give another folder, or --force to replace it`,
        );
    }
    try {
      removeDrafts(folder);
      return new OutputFolder(folder);
    } catch (cause) {
      const why = errnoOf(cause) ?? "unknown error";
      throw new TermduetError("unavailable", `--out ${path} can't be written (${why})`, { cause });
    }
  }

  /** Where to write the file of this name. */
  path(name: string): string {
    if (!FILES.has(name))
      throw new TermduetError("internal", `${name} is not among the files of an alignment`);
    return join(this.#draft, name);
  }

  /** Puts the folder in its place; an old one is replaced whole. Errors: `conflict` where somebody put files there meanwhile. */
  commit(): void {
    rmSync(join(this.#draft, MARKER));
    for (const file of readdirSync(this.#draft)) syncFile(join(this.#draft, file));
    syncFolder(this.#draft);
    const old = `${this.#draft}.replaced`;
    if (existsSync(this.folder)) {
      refuseOthersFiles(this.folder);
      renameSync(this.folder, old);
    }
    renameSync(this.#draft, this.folder);
    syncFolder(dirname(this.folder));
    this.#committed = true;
    rmSync(old, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    if (!this.#committed) rmSync(this.#draft, { recursive: true, force: true });
  }
}

function refuseOthersFiles(folder: string): void {
  const files = readdirSync(folder);
  if (files.includes(RATINGS_FILE))
    throw new TermduetError(
      "conflict",
      `--out ${folder} holds the ratings of a review, which would be lost; give another folder`,
    );
  const other = files.find((name) => !FILES.has(name));
  if (other !== undefined)
    throw new TermduetError(
      "conflict",
      `--out ${folder} already holds files that are not of an alignment (${other}), which would be lost; give another folder: --force replaces only what align wrote`,
    );
}

function removeDrafts(folder: string): void {
  const beside = dirname(folder);
  if (!existsSync(beside)) return;
  for (const name of readdirSync(beside)) {
    const isDraft = name.startsWith(`${basename(folder)}.draft-`);
    if (isDraft && existsSync(join(beside, name, MARKER)))
      rmSync(join(beside, name), { recursive: true, force: true });
  }
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
