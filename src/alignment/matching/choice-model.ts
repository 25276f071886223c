/**
 * Coefficients of a conditional logit with an outside option (McFadden 1974): of an entry's candidates, candidate c is right with
 * probability `exp(u_c) / (1 + Σ exp(u))`, none with `1 / (1 + Σ exp(u))`, where `u = bias + Σ weight · feature`.
 */
export interface ChoiceModel {
  bias: number;
  /** None is below 0: every feature speaks for a pair. */
  weights: number[];
}

/** One entry: the features of each candidate, and which is right; -1 where none is. */
export interface ChoiceExample {
  rows: readonly Float64Array[];
  right: number;
}

const MAX_STEPS = 100;
const ENOUGH = 1e-10;

/**
 * Maximum likelihood with a ridge penalty on the weights of standardized features, none of which may fall below 0, by
 * Newton's method on the weights that are free (projected, with halved steps).
 */
export function fitChoiceModel(examples: readonly ChoiceExample[], ridge: number): ChoiceModel {
  const known = examples.filter(({ rows }) => rows.length > 0);
  const width = known[0]!.rows[0]!.length;
  const scales = scalesOf(known, width);
  const scaled = known.map(({ rows, right }) => ({
    rows: rows.map((row) => Float64Array.from([...row.map((value, f) => value / scales[f]!), 1])),
    right,
  }));
  let beta = new Float64Array(width + 1);
  let state = derivatives(scaled, beta, ridge);
  for (let step = 0; step < MAX_STEPS; step++) {
    const { loss, gradient, hessian } = state;
    const free = [...beta.keys()].filter((f) => f === width || beta[f]! > 0 || gradient[f]! < 0);
    const direction = solved(
      free.map((f) => Float64Array.from(free, (g) => hessian[f]![g]! + (f === g ? 1e-9 : 0))),
      Float64Array.from(free, (f) => gradient[f]!),
    );
    let next = beta;
    let nextLoss = loss;
    for (let share = 1; share > 1e-6; share /= 2) {
      const tried = beta.slice();
      for (const [n, f] of free.entries()) {
        tried[f]! -= share * direction[n]!;
        if (f < width) tried[f] = Math.max(0, tried[f]!);
      }
      const triedLoss = lossOf(scaled, tried, ridge);
      if (triedLoss >= loss) continue;
      [next, nextLoss] = [tried, triedLoss];
      break;
    }
    if (loss - nextLoss <= ENOUGH * Math.max(1, loss)) break;
    beta = next;
    state = derivatives(scaled, beta, ridge);
  }
  return { bias: beta[width]!, weights: Array.from(beta.subarray(0, width), (w, f) => w / scales[f]!) };
}

/** The probability of each of an entry's candidates; what is missing to 1 is that of none. */
export function choiceProbabilities({ bias, weights }: ChoiceModel, rows: readonly Float64Array[]): number[] {
  const utilities = rows.map((row) => weights.reduce((sum, weight, f) => sum + weight * row[f]!, bias));
  return softmax(utilities).slice(0, -1);
}

/** With the outside option, whose utility is 0, last. */
function softmax(utilities: readonly number[]): number[] {
  const most = Math.max(0, ...utilities);
  const powers = [...utilities, 0].map((utility) => Math.exp(utility - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function scalesOf(examples: readonly ChoiceExample[], width: number): Float64Array {
  const rows = examples.flatMap((example) => example.rows);
  return Float64Array.from({ length: width }, (_, f) => {
    const mean = rows.reduce((sum, row) => sum + row[f]!, 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + (row[f]! - mean) ** 2, 0) / rows.length;
    return Math.sqrt(variance) || 1;
  });
}

function lossOf(examples: readonly ChoiceExample[], beta: Float64Array, ridge: number): number {
  let loss = 0;
  for (let f = 0; f < beta.length - 1; f++) loss += (ridge / 2) * beta[f]! ** 2;
  for (const { rows, right } of examples) {
    const probabilities = softmax(rows.map((row) => dot(row, beta)));
    loss -= Math.log(Math.max(1e-300, probabilities.at(right)!));
  }
  return loss;
}

function derivatives(
  examples: readonly ChoiceExample[],
  beta: Float64Array,
  ridge: number,
): { loss: number; gradient: Float64Array; hessian: Float64Array[] } {
  const n = beta.length;
  const gradient = Float64Array.from(beta, (value, f) => (f < n - 1 ? ridge * value : 0));
  const hessian = Array.from({ length: n }, (_, f) => {
    const row = new Float64Array(n);
    if (f < n - 1) row[f] = ridge;
    return row;
  });
  for (const { rows, right } of examples) {
    const probabilities = softmax(rows.map((row) => dot(row, beta)));
    const mean = new Float64Array(n);
    for (const [i, row] of rows.entries()) {
      const p = probabilities[i]!;
      for (let f = 0; f < n; f++) {
        mean[f]! += p * row[f]!;
        for (let g = 0; g < n; g++) hessian[f]![g]! += p * row[f]! * row[g]!;
      }
    }
    for (let f = 0; f < n; f++) {
      gradient[f]! += mean[f]! - (rows[right]?.[f] ?? 0);
      for (let g = 0; g < n; g++) hessian[f]![g]! -= mean[f]! * mean[g]!;
    }
  }
  return { loss: lossOf(examples, beta, ridge), gradient, hessian };
}

/** Solves a symmetric positive definite system by Cholesky's decomposition, in place. */
function solved(matrix: Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i]![k]! * matrix[j]![k]!;
      matrix[i]![j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / matrix[j]![j]!;
    }
  }
  const y = right.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) y[i]! -= matrix[i]![k]! * y[k]!;
    y[i]! /= matrix[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) y[i]! -= matrix[k]![i]! * y[k]!;
    y[i]! /= matrix[i]![i]!;
  }
  return y;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
