/** The value at `x` of the line through points with rising x; level beyond the first and the last. */
export function interpolate(points: readonly (readonly [number, number])[], x: number): number {
  const [firstX, firstY] = points[0]!;
  if (x <= firstX) return firstY;
  for (let i = 1; i < points.length; i++) {
    const [x1, y1] = points[i]!;
    if (x > x1) continue;
    const [x0, y0] = points[i - 1]!;
    return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
  }
  return points.at(-1)![1];
}
