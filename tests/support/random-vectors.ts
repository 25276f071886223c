/** A small seeded generator (mulberry32), so that a failing test can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function unitLength(row: Float32Array): void {
  const norm = Math.hypot(...row);
  for (let d = 0; d < row.length; d++) row[d]! /= norm;
}

function normals(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** `count` queries: rows of `vectors` from all over, moved by about a third of their length. */
export function disturbed(vectors: Float32Array, count: number, dimension: number, seed = 2): Float32Array {
  const normal = normals(seeded(seed));
  const rows = vectors.length / dimension;
  const queries = new Float32Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const source = Math.floor((i * rows) / count) * dimension;
    const row = queries.subarray(i * dimension, (i + 1) * dimension);
    for (let d = 0; d < dimension; d++)
      row[d] = vectors[source + d]! + (0.33 * normal()) / Math.sqrt(dimension);
    unitLength(row);
  }
  return queries;
}

/** `count` unit vectors of `dimension` in loose clusters, as encoders make them; row-major. */
export function clusteredVectors(count: number, dimension: number, seed: number): Float32Array {
  const random = seeded(seed);
  const normal = normals(random);
  const centres = Array.from({ length: Math.max(1, Math.round(Math.sqrt(count))) }, () =>
    Float32Array.from({ length: dimension }, normal),
  );
  const vectors = new Float32Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const centre = centres[Math.floor(random() * centres.length)]!;
    const row = vectors.subarray(i * dimension, (i + 1) * dimension);
    for (let d = 0; d < dimension; d++) row[d] = centre[d]! + 0.7 * normal();
    unitLength(row);
  }
  return vectors;
}
