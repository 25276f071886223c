import { statSync } from "node:fs";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { ByteFile } from "../byte-file.ts";
import { ELEMENT_BYTES, floatsFrom } from "./float-bytes.ts";
import type { WeightFile } from "./weight-file.ts";

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const MAX_HEADER_BYTES = 100 * 1024 * 1024;

/**
 * One `.safetensors` file. Errors: `bad-input` for a header that is cut, not JSON, or points outside the file.
 */
export class SafetensorsFile implements WeightFile {
  readonly path: string;
  readonly #file: ByteFile;
  readonly #entries = new Map<string, Entry>();
  #dataStart = 0;

  constructor(path: string) {
    this.path = path;
    this.#file = new ByteFile(path);
    try {
      this.#readHeader();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  shape(name: string): number[] {
    return this.#entry(name).shape;
  }

  floats(name: string): Float32Array {
    const { dtype, data_offsets } = this.#entry(name);
    const [from, to] = data_offsets;
    const floats = floatsFrom(dtype, this.#file.read(this.#dataStart + from, to - from));
    if (floats) return floats;
    throw this.#corrupt(`tensor ${name} has type ${dtype}; F64, F32, F16 and BF16 can be read`);
  }

  close(): void {
    this.#file.close();
  }

  #readHeader(): void {
    const { size } = statSync(this.path);
    const length = size < 8 ? Number.NaN : Number(Buffer.from(this.#file.read(0, 8)).readBigUInt64LE());
    if (!(length > 1 && length <= Math.min(size - 8, MAX_HEADER_BYTES)))
      throw this.#corrupt(`its header would be ${length} bytes of a file of ${size}`);
    this.#dataStart = 8 + length;
    let parsed: Record<string, Entry>;
    try {
      parsed = JSON.parse(Buffer.from(this.#file.read(8, length)).toString("utf8"));
    } catch (cause) {
      throw this.#corrupt("its header is not JSON", cause);
    }
    for (const [name, entry] of Object.entries(parsed)) {
      if (name === "__metadata__") continue;
      this.#check(name, entry, size - this.#dataStart);
      this.#entries.set(name, entry);
    }
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) throw this.#corrupt(`there is no tensor ${name} in it`);
    return entry;
  }

  #check(name: string, entry: Entry, dataBytes: number): void {
    const [from, to] = Array.isArray(entry?.data_offsets) ? entry.data_offsets : [Number.NaN, Number.NaN];
    const width = ELEMENT_BYTES[entry?.dtype];
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
