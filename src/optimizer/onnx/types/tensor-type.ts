/** A length, or the name of one that is not known before a batch comes. */
export type Dimension = number | string;

/** Element type (`DataType`) and shape of a value of the graph. */
export interface TensorType {
  elemType: number;
  shape: readonly Dimension[];
}

/** The shape that two shapes broadcast to (NumPy's rules). Throws where lengths disagree. */
export function broadcast(a: readonly Dimension[], b: readonly Dimension[]): Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    if (typeof left === "number" && typeof right === "number")
      throw new Error(`[${a.join(", ")}] and [${b.join(", ")}] do not broadcast`);
    // A name beside a number greater than one can only be that number.
    return typeof left === "number" ? left : right;
  });
}

/** An axis counted from the front. */
export function axisOf(axis: number, rank: number): number {
  const from = axis < 0 ? axis + rank : axis;
  if (from < 0 || from >= rank) throw new Error(`axis ${axis} of ${rank}`);
  return from;
}
