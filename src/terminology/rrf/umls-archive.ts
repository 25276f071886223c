import { createWriteStream } from "node:fs";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import type { FileRange } from "../files/byte-source.ts";
import { listZip, type ZipListing, type ZipMember } from "../files/zip-archive.ts";
import type { OnProgress } from "../progress.ts";
import { errnoOf, TermduetError } from "../termduet-error.ts";
import { type FoundFile, isConso, isTableFile } from "./rrf-layout.ts";

export interface ArchiveOptions {
  signal?: AbortSignal;
  /** Told of the unpacking of archives inside the archive, which can take a minute, in MB. */
  onProgress?: OnProgress;
  /** Where archives inside the archive are unpacked when they are compressed there. Default: the system's. */
  tempDirectory?: string;
  /** The most bytes that may be unpacked there. Default 16 GiB: several times the largest UMLS release so far. */
  maxTempBytes?: number;
}

/** An archive opened: the files in it that may be tables, and what was unpacked on the way. */
export interface OpenedArchive {
  found: FoundFile[];
  /** Paths of all files at the top level, for the error of an archive without a release. */
  paths: string[];
  /** Removes what was unpacked. */
  close(): Promise<void>;
}

const ROOM = "free some space, or set TMPDIR to a larger disk";
const DEFAULT_MAX_TEMP_BYTES = 16 * 1024 ** 3;

/**
 * Opens a UMLS archive in any shape that NLM ships: tables in the zip itself (`MRCONSO.RRF`,
 * `2024AB/META/MRCONSO.RRF`), or the full release, `2024AB-full/2024ab-1-meta.nlm` and so on, each of which is a zip of
 * `2024AB/META/MRCONSO.RRF.aa.gz`, `.ab.gz`, …, `MRSTY.RRF.gz`. An inner archive that is stored is read in place; one
 * that is compressed must be unpacked to a temporary file first, because zip needs random access.
 */
export async function openArchive(
  archive: FileRange,
  name: string,
  options: ArchiveOptions = {},
): Promise<OpenedArchive> {
  const outer = await listZip(archive, name, (path) => isTable(path) || isInnerArchive(path));
  const unpacked = new TemporaryFolder(options);
  try {
    const found = outer.members.filter(({ path }) => isTable(path)).map(foundFile);
    if (!found.some(isConso)) {
      for (const member of outer.members.filter(({ path }) => isInnerArchive(path))) {
        const inner = await listInner(member, unpacked);
        found.push(...inner.members.map(foundFile));
      }
    }
    return { found, paths: outer.paths, close: () => unpacked.remove() };
  } catch (error) {
    await unpacked.remove();
    throw error;
  }
}

async function listInner(member: ZipMember, unpacked: TemporaryFolder): Promise<ZipListing> {
  const range = member.isStored ? member.range : await unpacked.unpack(member);
  return await listZip(range, member.source.name, isTable);
}

function foundFile({ path, source }: ZipMember): FoundFile {
  const folder = posix.dirname(path);
  return { folder: folder === "." ? "" : folder, file: posix.basename(path), source };
}

function isTable(path: string): boolean {
  return isTableFile(posix.basename(path));
}

/** `…-1-meta.nlm`; not `…-otherks.nlm`, which holds the Semantic Network and the SPECIALIST Lexicon. */
function isInnerArchive(path: string): boolean {
  return /\.nlm$/i.test(path) && !/otherks/i.test(posix.basename(path));
}

/** A folder made at the first need and removed at the end, of bounded size. */
class TemporaryFolder {
  readonly #options: ArchiveOptions;
  #path: string | undefined;
  #bytes = 0;

  constructor(options: ArchiveOptions) {
    this.#options = options;
  }

  async unpack(member: ZipMember): Promise<FileRange> {
    const { signal, onProgress, tempDirectory = tmpdir() } = this.#options;
    const { name, bytes } = member.source;
    await this.#reserve(bytes, tempDirectory, name);
    this.#path ??= await mkdtemp(join(tempDirectory, "termduet-"));
    const path = join(this.#path, basename(member.path));
    let done = 0;
    const onBytes = (count: number) => {
      done += count;
      onProgress?.({ stage: "unpack", done: done / 1e6, total: bytes / 1e6, unit: "MB" });
    };
    try {
      await pipeline(member.source.read({ onBytes, signal }), createWriteStream(path));
    } catch (cause) {
      if (errnoOf(cause) !== "ENOSPC") throw cause;
      throw new TermduetError(
        "no-space",
        `${tempDirectory} filled up while ${name} was unpacked there: ${ROOM}`,
        { cause },
      );
    }
    return { path, start: 0, end: bytes };
  }

  async remove(): Promise<void> {
    if (this.#path) await rm(this.#path, { recursive: true, force: true });
  }

  async #reserve(bytes: number, directory: string, name: string): Promise<void> {
    const { maxTempBytes = DEFAULT_MAX_TEMP_BYTES } = this.#options;
    this.#bytes += bytes;
    if (this.#bytes > maxTempBytes) {
      throw new TermduetError(
        "bad-input",
        `${name} would unpack to ${gigabytes(bytes)}, and the archives in the archive may unpack to ${gigabytes(maxTempBytes)} in all: unpack it and give the folder`,
      );
    }
    const { bavail, bsize } = await statfs(directory);
    if (bytes > bavail * bsize) {
      throw new TermduetError(
        "no-space",
        `${directory} has ${gigabytes(bavail * bsize)} left and unpacking ${name} needs ${gigabytes(bytes)}: ${ROOM}`,
      );
    }
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
