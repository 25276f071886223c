import type { ByteReadOptions, ByteSource } from "./files/byte-source.ts";
import { contentOf } from "./files/decompress.ts";
import { fingerprintOf, type StoredFile } from "./files/fingerprint.ts";
import type { ReadOptions, ReleaseRow, ReleaseSource, SourceFile } from "./release-source.ts";

/** The one file that a release is: its bytes as they are read, and the file on disk that they come from. */
export interface SingleFile {
  source: ByteSource;
  isGzip: boolean;
  stored: StoredFile;
}

/** A release that is one file, gzip or not. */
export abstract class SingleFileRelease implements ReleaseSource {
  abstract readonly format: ReleaseSource["format"];
  readonly files: readonly SourceFile[];
  readonly #file: SingleFile;

  constructor(file: SingleFile) {
    const { name, bytes } = file.source;
    this.#file = file;
    this.files = [{ name, bytes }];
  }

  abstract rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined>;

  fingerprint(signal?: AbortSignal): Promise<string> {
    return fingerprintOf([this.#file.stored], signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** The file as the user knows it, for errors. */
  protected get name(): string {
    return this.#file.source.name;
  }

  /** Its uncompressed bytes, from the start. */
  protected content(options: ByteReadOptions): AsyncGenerator<Buffer> {
    const { source, isGzip } = this.#file;
    return contentOf({ parts: [source], isGzip }, options);
  }
}
