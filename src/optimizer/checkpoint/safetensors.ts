import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "./half-floats.ts";

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const BYTES: Record<string, number> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, I8: 1 };
const MAX_HEADER_BYTES = 100 * 1024 * 1024;

/**
 * One `.safetensors` file, opened but not loaded: a tensor is read from disk when asked for.
 * Errors: `bad-input` for a header that is cut, not JSON, or points outside the file.
 */
export class SafetensorsFile {
  readonly path: string;
  readonly #fd: number;
  readonly #entries = new Map<string, Entry>();
  readonly #dataStart: number;

  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, "r");
    const size = fstatSync(this.#fd).size;
    const head = Buffer.alloc(8);
    const headerLength =
      readSync(this.#fd, head, 0, 8, 0) === 8 ? Number(head.readBigUInt64LE()) : Number.NaN;
    if (!(headerLength > 1 && headerLength <= Math.min(size - 8, MAX_HEADER_BYTES))) {
      throw this.#corrupt(`its header would be ${headerLength} bytes of a file of ${size}`);
    }
    const header = Buffer.alloc(headerLength);
    readSync(this.#fd, header, 0, headerLength, 8);
    this.#dataStart = 8 + headerLength;
    let parsed: Record<string, Entry>;
    try {
      parsed = JSON.parse(header.toString("utf8"));
    } catch (cause) {
      throw this.#corrupt("its header is not JSON", cause);
    }
    for (const [name, entry] of Object.entries(parsed)) {
      if (name === "__metadata__") continue;
      this.#check(name, entry, size - this.#dataStart);
      this.#entries.set(name, entry);
    }
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  shape(name: string): number[] {
    return this.#entry(name).shape;
  }

  /** The tensor as float32, row-major; float16 and bfloat16 are widened exactly. */
  floats(name: string): Float32Array {
    const entry = this.#entry(name);
    const [from, to] = entry.data_offsets;
    const bytes = new Uint8Array(to - from);
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(
        this.#fd,
        bytes,
        filled,
        Math.min(bytes.length - filled, 1 << 30),
        this.#dataStart + from + filled,
      );
      if (got === 0) throw this.#corrupt(`it ends inside tensor ${name}`);
      filled += got;
    }
    if (entry.dtype === "F32") return new Float32Array(bytes.buffer);
    if (entry.dtype === "F16") return float16ToFloat32(new Uint16Array(bytes.buffer));
    if (entry.dtype === "BF16") return bfloat16ToFloat32(new Uint16Array(bytes.buffer));
    throw this.#corrupt(`tensor ${name} has type ${entry.dtype}; F32, F16 and BF16 can be read`);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) throw this.#corrupt(`there is no tensor ${name} in it`);
    return entry;
  }

  #check(name: string, entry: Entry, dataBytes: number): void {
    const [from, to] = Array.isArray(entry?.data_offsets) ? entry.data_offsets : [Number.NaN, Number.NaN];
    const width = BYTES[entry?.dtype];
    const count = Array.isArray(entry?.shape) ? entry.shape.reduce((a, b) => a * b, 1) : Number.NaN;
    const fits = from >= 0 && to <= dataBytes && width !== undefined && to - from === count * width;
    if (!fits)
      throw this.#corrupt(`tensor ${name} (${entry?.dtype} [${entry?.shape}]) does not lie within the file`);
  }

  #corrupt(reason: string, cause?: unknown): TermduetError {
    const hint = "the download may be incomplete: fetch the file again";
    return new TermduetError(
      "bad-input",
      `${this.path} is not a whole safetensors file: ${reason}; ${hint}`,
      { cause },
    );
  }
}
