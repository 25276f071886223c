const buffer = new DataView(new ArrayBuffer(4));

function widen(half: number): number {
  const sign = half >>> 15 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

// 65,536 values: a table is faster than the arithmetic for tensors of millions.
let table: Float32Array | undefined;

/** IEEE 754 half precision to single; every half is exact in single. */
export function float16ToFloat32(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, half) => widen(half));
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = table[halves[i]!]!;
  return out;
}

/** bfloat16 is the upper half of a float32. */
export function bfloat16ToFloat32(values: Uint16Array): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    buffer.setUint32(0, values[i]! << 16);
    out[i] = buffer.getFloat32(0);
  }
  return out;
}
