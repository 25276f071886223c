import { pipeline, Readable } from "node:stream";
import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from "node:zlib";
import { TermduetError } from "../termduet-error.ts";
import { type ByteReadOptions, type ByteSource, CHUNK_BYTES, concatenated } from "./byte-source.ts";

/** Whether these first bytes of a file begin a gzip stream (RFC 1952: magic, deflate, reserved flags clear). */
export function startsGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08 && ((head[3] ?? 0) & 0xe0) === 0;
}

/** Inflates raw deflate data, as zip members carry it. `name` is for the error of damaged data. */
export function inflateRaw(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  return through(chunks, createInflateRaw({ chunkSize: CHUNK_BYTES }), name);
}

/** The uncompressed bytes of a file, or of one that was cut into parts. */
export function contentOf(
  { parts, isGzip }: { parts: readonly ByteSource[]; isGzip: boolean },
  options: ByteReadOptions,
): AsyncGenerator<Buffer> {
  return isGzip ? gunzipParts(parts, options) : concatenated(parts, options);
}

/**
 * The content of a gzip file, or of one that was cut into parts, in order. The parts may each be a gzip stream of
 * their own (as NLM makes them) or slices of one stream: a part that begins with a gzip header starts a new stream.
 * Each stream gets its own decoder, because Node's gunzip stops in silence at zero padding after a member, and would
 * so drop the parts behind it.
 */
async function* gunzipParts(parts: readonly ByteSource[], options: ByteReadOptions): AsyncGenerator<Buffer> {
  const chunks = partChunks(parts, options);
  const startsStream = ({ isFirst, chunk }: PartChunk) => isFirst && startsGzip(chunk);
  /** The chunk with which the next stream starts, once it has been met. */
  let start: PartChunk | undefined = (await chunks.next()).value;
  try {
    while (start) {
      const first: PartChunk = start;
      start = undefined;
      const stream = (async function* () {
        for (let current: PartChunk | undefined = first; current; current = (await chunks.next()).value) {
          if (current !== first && startsStream(current)) {
            start = current;
            return;
          }
          yield current.chunk;
        }
      })();
      yield* through(stream, createGunzip({ chunkSize: CHUNK_BYTES }), first.part.name);
      // A decoder that met padding leaves the rest of the part: wait for a read under way, then pass over that rest.
      await stream.return(undefined);
      while (!start) {
        const rest: PartChunk | undefined = (await chunks.next()).value;
        if (!rest) return;
        if (startsStream(rest)) start = rest;
        else if (rest.chunk.some((byte) => byte !== 0)) throw damaged(rest.part.name, "data behind its end");
      }
    }
  } finally {
    await chunks.return(undefined);
  }
}

interface PartChunk {
  part: ByteSource;
  isFirst: boolean;
  chunk: Buffer;
}

async function* partChunks(
  parts: readonly ByteSource[],
  options: ByteReadOptions,
): AsyncGenerator<PartChunk, undefined, undefined> {
  for (const part of parts) {
    let isFirst = true;
    for await (const chunk of part.read(options)) {
      yield { part, isFirst, chunk };
      isFirst = false;
    }
  }
}

/** Runs bytes through a zlib decoder with backpressure; damaged data becomes one clear error. */
async function* through(
  chunks: AsyncIterable<Buffer>,
  decoder: Gunzip | InflateRaw,
  name: string,
): AsyncGenerator<Buffer> {
  const source = Readable.from(chunks, { objectMode: false, highWaterMark: CHUNK_BYTES });
  // An error of the source reaches the decoder by pipeline, and from there the loop below.
  pipeline(source, decoder, () => {});
  try {
    for await (const chunk of decoder as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code?.startsWith("Z_")) {
      throw damaged(name, error.message, error);
    }
    throw error;
  }
}

function damaged(name: string, what: string, cause?: unknown): TermduetError {
  return new TermduetError(
    "bad-input",
    `${name} is cut short or damaged (${what}): copy or download it again`,
    { cause },
  );
}
