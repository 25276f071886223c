import { bfloat16ToFloat32, float16ToFloat32 } from "./half-floats.ts";

/** Element types of published weights, as safetensors names them, and their widths in bytes. */
export const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Little-endian bytes of a tensor as float32; half precisions are widened exactly, doubles rounded to nearest. */
export function floatsFrom(type: string, bytes: Uint8Array): Float32Array | undefined {
  const { buffer, byteOffset, byteLength } = bytes;
  if (type === "F32") return new Float32Array(buffer, byteOffset, byteLength / 4);
  if (type === "F16") return float16ToFloat32(new Uint16Array(buffer, byteOffset, byteLength / 2));
  if (type === "BF16") return bfloat16ToFloat32(new Uint16Array(buffer, byteOffset, byteLength / 2));
  if (type === "F64") return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8));
  return undefined;
}
