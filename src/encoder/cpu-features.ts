import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

/** What decides how fast a CPU multiplies 8-bit integers. */
export interface CpuFeatures {
  model: string;
  architecture: string;
  cores: number;
  /** Names of instruction sets that are there: `avx2`, `avx512_vnni`, `avx_vnni`, `amx_int8`, `i8mm`, `asimddp`. */
  instructions: readonly string[];
  /**
   * Whether uint8 × int8 products are summed in 32 bits. Without it (AVX2, AVX-512 alone) pairs are summed in 16 bits,
   * which saturate unless weights keep to 7 bits.
   */
  exactInt8: boolean;
}

const INTEGER_SETS = ["avx512_vnni", "avx_vnni", "avx_vnni_int8", "amx_int8", "i8mm", "asimddp"];
const SHOWN = ["fma", "avx", "avx2", "avx512f", ...INTEGER_SETS, "asimd", "sve"];

/** Reads the instruction sets from `/proc/cpuinfo`; where there is none only the architecture is known. */
export function cpuFeatures(read: () => string = () => readFileSync("/proc/cpuinfo", "utf8")): CpuFeatures {
  const { arch } = process;
  const flags = flagsOf(read);
  const instructions = SHOWN.filter((name) => flags.has(name));
  // All 64-bit ARM kernels of ONNX Runtime sum in 32 bits.
  const exactInt8 = arch === "arm64" || instructions.some((name) => INTEGER_SETS.includes(name));
  const model = cpus()[0]?.model.trim() || "unknown";
  return { model, architecture: arch, cores: availableParallelism(), instructions, exactInt8 };
}

function flagsOf(read: () => string): Set<string> {
  try {
    const line = read().match(/^(?:flags|Features)\s*:(.*)$/m)?.[1] ?? "";
    return new Set(line.trim().split(/\s+/));
  } catch {
    return new Set();
  }
}
