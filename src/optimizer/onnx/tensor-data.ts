import { ByteFile } from "../byte-file.ts";

/**
 * The bytes of a tensor, which may be gigabytes: in memory, in a file, or made when asked for. A graph of the latter
 * two is small whatever its weights are, so that a rewrite never holds a model twice.
 */
export interface TensorData {
  readonly byteLength: number;
  /** Little-endian bytes, aligned for their type. Not kept here: a caller who needs them twice keeps them. */
  bytes(): Uint8Array;
}

/** Bytes that are in memory. */
export class MemoryData implements TensorData {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }
}

/** A stretch of a file of external data. */
export class FileData implements TensorData {
  readonly path: string;
  readonly offset: number;
  readonly byteLength: number;

  constructor(path: string, offset: number, byteLength: number) {
    this.path = path;
    this.offset = offset;
    this.byteLength = byteLength;
  }

  bytes(): Uint8Array {
    const file = new ByteFile(this.path);
    try {
      return file.read(this.offset, this.byteLength);
    } finally {
      file.close();
    }
  }
}

/** Bytes that are computed each time they are asked for: a weight of a checkpoint, transposed. */
export class MadeData implements TensorData {
  readonly byteLength: number;
  readonly #make: () => ArrayBufferView;

  constructor(byteLength: number, make: () => ArrayBufferView) {
    this.byteLength = byteLength;
    this.#make = make;
  }

  bytes(): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.#make();
    if (byteLength !== this.byteLength) throw new Error(`made ${byteLength} bytes of ${this.byteLength}`);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
}
