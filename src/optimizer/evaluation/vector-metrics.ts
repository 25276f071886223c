import type { MatrixProducts } from "../quantization/matrix.ts";
import { transpose } from "../quantization/matrix.ts";
import { mean, quantile } from "../search/statistics.ts";
import type { MetricValues } from "./metrics.ts";

/** Unit vectors side by side: float32 [count, dimension]. */
export interface Vectors {
  count: number;
  dimension: number;
  values: Float32Array;
}

/** Cosine of row i of one with row i of the other. */
export function rowCosines(a: Vectors, b: Vectors): number[] {
  const { dimension } = a;
  return Array.from({ length: a.count }, (_, i) => {
    let sum = 0;
    for (let j = i * dimension; j < (i + 1) * dimension; j++) sum += a.values[j]! * b.values[j]!;
    return sum;
  });
}

/** How near vectors are to those of float32, and whether they have the same neighbours. */
export async function fidelity(
  products: MatrixProducts,
  reference: Vectors,
  found: Vectors,
): Promise<MetricValues> {
  const cosines = rowCosines(reference, found);
  const expected = await nearestOthers(products, reference);
  const actual = await nearestOthers(products, found);
  return {
    "cosine.mean": mean(cosines),
    "cosine.p1": quantile(cosines, 0.01),
    "cosine.min": Math.min(...cosines),
    agreement: mean(expected.map((other, i) => (other === actual[i] ? 1 : 0))),
  };
}

const BLOCK_ROWS = 512;

/** For each vector the index of the nearest other; the lower index where two are equally near. */
async function nearestOthers(
  products: MatrixProducts,
  { count, dimension, values }: Vectors,
): Promise<number[]> {
  const all = transpose({ rows: count, columns: dimension, values });
  const nearest: number[] = [];
  for (let start = 0; start < count; start += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, count - start);
    const block = {
      rows,
      columns: dimension,
      values: values.subarray(start * dimension, (start + rows) * dimension),
    };
    const { values: scores } = await products.times(block, all);
    for (let row = 0; row < rows; row++) {
      let best = -1;
      for (let i = 0; i < count; i++) {
        if (i !== start + row && (best < 0 || scores[row * count + i]! > scores[row * count + best]!))
          best = i;
      }
      nearest.push(best);
    }
  }
  return nearest;
}
