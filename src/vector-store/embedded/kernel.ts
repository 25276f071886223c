import { KERNEL_BYTES } from "./kernel-bytes.ts";

/** The functions of kernel.wat. All places are bytes in the memory that the kernel was made with. */
export interface Kernel {
  /** Products of a query with `rows` rows of float32 that follow each other, `bytes` (a multiple of 16) each. */
  products(query: number, first: number, rows: number, bytes: number, out: number): void;
  /** Estimates of blocks of 32 codes; those above the threshold go to `out` as pairs (u32 position, f32 estimate). */
  scan(
    codes: number,
    blocks: number,
    table: number,
    tableEnd: number,
    base: number,
    scale: number,
    bias: number,
    threshold: number,
    position: number,
    out: number,
  ): number;
}

/** Memory of WebAssembly, as much of it as this file uses: the types of Node do not know it. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
  Memory: new (size: { initial: number; maximum: number; shared: true }) => SharedMemory;
}

const PAGE = 65_536;
const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
let compiled: object | undefined;

/** A memory of at least so many bytes that threads can share. Errors: `RangeError` above 4 GB. */
export function sharedMemory(bytes: number): SharedMemory {
  const pages = Math.ceil(bytes / PAGE);
  return new wasm.Memory({ initial: pages, maximum: pages, shared: true });
}

/** The kernel over a memory: one for each thread that uses it. */
export function kernelOver(memory: SharedMemory): Kernel {
  compiled ??= new wasm.Module(Buffer.from(KERNEL_BYTES, "base64"));
  return new wasm.Instance(compiled, { env: { memory } }).exports as Kernel;
}
