/** One observation: a pair of texts with this cosine has this grade (0 to 5). */
export interface GradedCosine {
  cosine: number;
  grade: number;
}

interface Pool {
  sumCosine: number;
  sumGrade: number;
  count: number;
}

/**
 * Least-squares fit of grades that never fall when the cosine rises (pool adjacent violators), as at most `maxPoints`
 * points for linear interpolation. Cosines rise strictly from point to point.
 */
export function isotonicFit(pairs: readonly GradedCosine[], maxPoints = 24): [number, number][] {
  if (pairs.length === 0) throw new RangeError("a calibrator can't be fitted on no pairs");
  const size = Math.max(Math.min(50, Math.ceil(pairs.length / 20)), Math.ceil(pairs.length / 200));
  const pools = poolViolators(binned(pairs, size));
  const points: [number, number][] = [];
  // Far more pools than points are needed would only follow the noise.
  const step = Math.max(1, Math.ceil(pools.length / maxPoints));
  for (let i = 0; i < pools.length; i += step) {
    const merged = pools.slice(i, i + step).reduce(add);
    const [cosine, grade] = [round(merged.sumCosine / merged.count), round(merged.sumGrade / merged.count)];
    if (cosine > (points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY)) points.push([cosine, grade]);
  }
  const [last] = points.slice(-1);
  if (last && last[0] < 1) points.push([1, 5]);
  return points.length > 1 ? points : [[points[0]![0] - 0.001, points[0]![1]], points[0]!];
}

function add(a: Pool, b: Pool): Pool {
  return {
    sumCosine: a.sumCosine + b.sumCosine,
    sumGrade: a.sumGrade + b.sumGrade,
    count: a.count + b.count,
  };
}

/** Neighbouring observations together, so that single outliers at the ends have no weight. */
function binned(pairs: readonly GradedCosine[], size: number): Pool[] {
  const sorted = [...pairs].sort((a, b) => a.cosine - b.cosine);
  const bins: Pool[] = [];
  for (let i = 0; i < sorted.length; i += size) {
    const part = sorted.slice(i, i + size);
    bins.push(
      part.map(({ cosine, grade }) => ({ sumCosine: cosine, sumGrade: grade, count: 1 })).reduce(add),
    );
  }
  return bins;
}

function poolViolators(bins: readonly Pool[]): Pool[] {
  const pools: Pool[] = [];
  for (const bin of bins) {
    let pool = bin;
    while (pools.length > 0 && mean(pools.at(-1)!) >= mean(pool)) pool = add(pools.pop()!, pool);
    pools.push(pool);
  }
  return pools;
}

function mean({ sumGrade, count }: Pool): number {
  return sumGrade / count;
}

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
