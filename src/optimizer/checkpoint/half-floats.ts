/** IEEE 754 half precision to single; every half is exact in single. */
export function float16ToFloat32(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  const bits = new Uint32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 31) bits[i] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent !== 0) bits[i] = sign | ((exponent + 112) << 23) | (fraction << 13);
    else out[i] = (sign ? -1 : 1) * fraction * 2 ** -24;
  }
  return out;
}

/** bfloat16 is the upper half of a float32. */
export function bfloat16ToFloat32(values: Uint16Array): Float32Array {
  const bits = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = values[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** Largest finite half. */
export const FLOAT16_MAX = 65504;

/** Single to half precision, rounded to nearest even; what is too large becomes infinite. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) out[i] = narrowed(bits[i]!);
  return out;
}

function narrowed(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const shifted = exponent - 112;
  if (shifted >= 31) return sign | 0x7c00;
  // A subnormal half keeps fewer bits, and the leading one that a normal float leaves out.
  const kept = shifted > 0 ? (shifted << 23) | fraction : fraction | 0x800000;
  const dropped = shifted > 0 ? 13 : 14 - shifted;
  if (dropped > 24) return sign;
  const half = 1 << (dropped - 1);
  const rest = kept & ((1 << dropped) - 1);
  const down = kept >>> dropped;
  const up = rest > half || (rest === half && (down & 1) === 1);
  return sign | (down + (up ? 1 : 0));
}
