import type { GradedCosine } from "../isotonic-fit.ts";
import { minMaxScaler, type RegressionFit } from "./regressor.ts";

/** Least squares line (LR of the paper's Fig. 3). */
export const fitLinear: RegressionFit = (pairs) => fitPolynomial(pairs, 1);

/** Least squares cubic (the polynomial trendline of degree 3, PTD3, of Fig. 3). */
export const fitCubic: RegressionFit = (pairs) => fitPolynomial(pairs, 3);

function fitPolynomial(pairs: readonly GradedCosine[], degree: number): (cosine: number) => number {
  const scaled = minMaxScaler(pairs);
  const rows = pairs.map(({ cosine }) => legendre(2 * scaled(cosine) - 1, degree));
  const coefficients = leastSquares(
    rows,
    pairs.map(({ grade }) => grade),
  );
  return (cosine) => {
    const basis = legendre(2 * scaled(cosine) - 1, degree);
    return basis.reduce((sum, value, i) => sum + value * coefficients[i]!, 0);
  };
}

/** Legendre's polynomials to this degree: on −1 … 1 nearly orthogonal, so that the normal equations lose no digits. */
function legendre(x: number, degree: number): number[] {
  const values = [1, x];
  for (let n = 1; n < degree; n++) {
    values.push(((2 * n + 1) * x * values[n]! - n * values[n - 1]!) / (n + 1));
  }
  return values.slice(0, degree + 1);
}

/** By the normal equations and Cholesky's decomposition; a direction that the data do not determine gets 0. */
function leastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const size = rows[0]!.length;
  const gram = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
  const right = Array.from({ length: size }, (_, i) =>
    rows.reduce((sum, row, r) => sum + row[i]! * targets[r]!, 0),
  );
  const lower = gram.map((row) => row.map(() => 0));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = gram[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      if (i !== j) lower[i]![j] = lower[j]![j] === 0 ? 0 : sum / lower[j]![j]!;
      else lower[i]![i] = sum > 1e-12 * rows.length ? Math.sqrt(sum) : 0;
    }
  }
  const half: number[] = [];
  for (let i = 0; i < size; i++) {
    let sum = right[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i]![k]! * half[k]!;
    half.push(lower[i]![i] === 0 ? 0 : sum / lower[i]![i]!);
  }
  const solution = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let sum = half[i]!;
    for (let k = i + 1; k < size; k++) sum -= lower[k]![i]! * solution[k]!;
    solution[i] = lower[i]![i] === 0 ? 0 : sum / lower[i]![i]!;
  }
  return solution;
}
