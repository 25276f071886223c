import type { SearchHit } from "./vector-store.ts";

/** Dot product of two float32 vectors of unit length, summed in double: their cosine (paper Eq. 9). */
export function cosine(a: Float32Array, b: Float32Array, bOffset = 0): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const n = a.length;
  const whole = n - (n % 4);
  // Four sums, because one would wait for itself.
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i]! * b[bOffset + i]!;
    s1 += a[i + 1]! * b[bOffset + i + 1]!;
    s2 += a[i + 2]! * b[bOffset + i + 2]!;
    s3 += a[i + 3]! * b[bOffset + i + 3]!;
  }
  for (let i = whole; i < n; i++) s0 += a[i]! * b[bOffset + i]!;
  return s0 + s1 + s2 + s3;
}

/** Nearest first; equal cosines in the order of their places, so that the same query gives the same page. */
export function byCosine(a: SearchHit, b: SearchHit): number {
  return b.cosine - a.cosine || a.ordinal - b.ordinal;
}
