/** Values to compare, each with the direction that is better. */
export interface Objective {
  name: string;
  higherIsBetter: boolean;
  /** Share by which two values may differ and count as equal, where they are timed. */
  tolerance?: number;
}

export type Values = Readonly<Record<string, number>>;

/** Whether `a` is at least as good in all objectives and better in one. */
export function dominates(a: Values, b: Values, objectives: readonly Objective[]): boolean {
  let isBetter = false;
  for (const { name, higherIsBetter } of objectives) {
    const difference = (a[name]! - b[name]!) * (higherIsBetter ? 1 : -1);
    if (!(difference >= 0)) return false;
    if (difference > 0) isBetter = true;
  }
  return isBetter;
}

/**
 * Layers of points that nothing in their own or a later layer dominates, as indices: the first is the Pareto front.
 */
export function paretoLayers(points: readonly Values[], objectives: readonly Objective[]): number[][] {
  let rest = points.map((_, i) => i);
  const layers: number[][] = [];
  while (rest.length > 0) {
    const layer = rest.filter((i) => !rest.some((j) => dominates(points[j]!, points[i]!, objectives)));
    layers.push(layer);
    rest = rest.filter((i) => !layer.includes(i));
  }
  return layers;
}

/**
 * Which of two is better by the first objective in which they differ; timed values differ where they fall into other
 * steps of their tolerance. Negative: `a`.
 */
export function compareByPriority(a: Values, b: Values, objectives: readonly Objective[]): number {
  for (const { name, higherIsBetter, tolerance } of objectives) {
    const step = (value: number): number =>
      tolerance === undefined ? value : Math.round(Math.log(value) / Math.log1p(tolerance));
    const difference = (step(b[name]!) - step(a[name]!)) * (higherIsBetter ? 1 : -1);
    if (difference !== 0 && Number.isFinite(difference)) return difference;
  }
  return 0;
}
