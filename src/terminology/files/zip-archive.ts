import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { TermduetError } from "../termduet-error.ts";
import { type ByteSource, type FileRange, readRange } from "./byte-source.ts";
import { inflateRaw } from "./decompress.ts";

const STORED = 0;
const DEFLATED = 8;

/** A file in a zip archive. */
export interface ZipMember {
  /** Path in the archive, with `/`. */
  path: string;
  /** Where its stored bytes lie in the file on disk; the content itself when `isStored`. */
  range: FileRange;
  isStored: boolean;
  source: ByteSource;
}

/** A zip archive's table of contents: the paths of all its files, and those that were wanted. */
export interface ZipListing {
  paths: string[];
  members: ZipMember[];
}

/**
 * Lists a zip archive that fills a stretch of a file on disk (a whole file, or a member stored in another archive).
 * `name` is the archive's for errors and sources. Only the table of contents is read, at the end of the archive, so a
 * truncated archive is met here; content is checked against its size and CRC-32 while it is read.
 */
export async function listZip(
  archive: FileRange,
  name: string,
  isWanted: (path: string) => boolean,
): Promise<ZipListing> {
  const file = await open(archive.path);
  const listing: ZipListing = { paths: [], members: [] };
  try {
    const reader = new RangeReader(file, archive);
    const zip = await fromRandomAccessReaderPromise(reader, archive.end - archive.start, {
      autoClose: false,
    });
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith("/")) continue;
      listing.paths.push(entry.fileName);
      if (isWanted(entry.fileName)) listing.members.push(await locate(zip, entry, archive, name));
    }
  } catch (cause) {
    if (cause instanceof TermduetError) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new TermduetError(
      "bad-input",
      `${name} is no complete zip archive (${detail.replace(/\.$/, "")}): copy or download it again`,
      { cause },
    );
  } finally {
    await file.close();
  }
  return listing;
}

async function locate(zip: ZipFile, entry: Entry, archive: FileRange, name: string): Promise<ZipMember> {
  const memberName = `${name}:${entry.fileName}`;
  if (entry.isEncrypted()) {
    throw new TermduetError("bad-input", `${memberName} is encrypted: unpack it and give the folder`);
  }
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw new TermduetError(
      "bad-input",
      `${memberName} is packed with zip method ${entry.compressionMethod}, which is not read: unpack it and give the folder`,
    );
  }
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const start = archive.start + fileDataStart;
  const range = { path: archive.path, start, end: start + entry.compressedSize };
  const isStored = entry.compressionMethod === STORED;
  return { path: entry.fileName, range, isStored, source: memberSource(entry, range, memberName) };
}

function memberSource(entry: Entry, range: FileRange, name: string): ByteSource {
  const damaged = (what: string) =>
    new TermduetError("bad-input", `${name} is damaged (${what}): copy or download the archive again`);
  return {
    name,
    bytes: entry.uncompressedSize,
    async *read({ onBytes, signal }) {
      const stored = readRange(range, signal);
      const content = entry.compressionMethod === DEFLATED ? inflateRaw(stored, name) : stored;
      let bytes = 0;
      let checksum = 0;
      for await (const chunk of content) {
        bytes += chunk.length;
        if (bytes > entry.uncompressedSize) throw damaged(`more than ${entry.uncompressedSize} bytes`);
        checksum = crc32(chunk, checksum);
        onBytes?.(chunk.length);
        yield chunk;
      }
      if (bytes !== entry.uncompressedSize) throw damaged(`${bytes} of ${entry.uncompressedSize} bytes`);
      if (checksum !== entry.crc32) throw damaged("wrong CRC-32");
    },
  };
}

/** Lets yauzl read a stretch of a file as if it were a file: how an archive inside an archive is read in place. */
class RangeReader extends RandomAccessReader {
  readonly #file: FileHandle;
  readonly #range: FileRange;

  constructor(file: FileHandle, range: FileRange) {
    super();
    this.#file = file;
    this.#range = range;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(
      readRange({ ...this.#range, start: this.#range.start + start, end: this.#range.start + end }),
    );
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    this.#file.read(buffer, offset, length, this.#range.start + position).then(
      ({ bytesRead }) => done(bytesRead === length ? null : new Error("the file ends within the archive")),
      (error: Error) => done(error),
    );
  }

  // The file belongs to the caller.
  override close(done: (error: Error | null) => void): void {
    done(null);
  }
}
