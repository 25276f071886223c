import { createReadStream } from "node:fs";
import { errnoOf, TermduetError } from "../termduet-error.ts";
import { unreadable } from "./file-access.ts";

/** How a stream of bytes is read: who counts, who may stop it. */
export interface ByteReadOptions {
  /** Called with the bytes read since the last call, as counted in `ByteSource.bytes`. */
  onBytes?: ((bytes: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Bytes that can be read from the start any number of times: a file, a part of a file, a member of a zip. */
export interface ByteSource {
  /** As the user knows it: a path, or `archive.zip:2026AA/META/MRCONSO.RRF`. */
  readonly name: string;
  /** How many bytes `read` gives, for progress. */
  readonly bytes: number;
  read(options: ByteReadOptions): AsyncIterable<Buffer>;
}

/** A stretch of a file on disk: `start` inclusive, `end` exclusive, in bytes. */
export interface FileRange {
  path: string;
  start: number;
  end: number;
}

/** Large enough that some 2,000 rows of MRCONSO come with each read, small enough to stay in the cache. */
export const CHUNK_BYTES = 256 * 1024;

/** Reads a stretch of a file; fails when the file ends before the stretch does. */
export async function* readRange(range: FileRange, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const expected = range.end - range.start;
  if (expected === 0) return;
  const stream = createReadStream(range.path, {
    start: range.start,
    end: range.end - 1,
    highWaterMark: CHUNK_BYTES,
    ...(signal && { signal }),
  });
  let got = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      got += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw errnoOf(error) ? unreadable(range.path, error) : error;
  }
  if (got < expected) {
    throw new TermduetError(
      "bad-input",
      `${range.path} ended after ${range.start + got} of ${range.end} bytes: it was changed while being read`,
    );
  }
}

/** A whole file on disk. */
export function fileSource(path: string, bytes: number, name = path): ByteSource {
  return {
    name,
    bytes,
    async *read({ onBytes, signal }) {
      for await (const chunk of readRange({ path, start: 0, end: bytes }, signal)) {
        onBytes?.(chunk.length);
        yield chunk;
      }
    },
  };
}

/** The bytes of several sources, one after another. */
export async function* concatenated(sources: readonly ByteSource[], options: ByteReadOptions) {
  for (const source of sources) yield* source.read(options);
}
