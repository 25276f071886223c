import type { Matrix, MatrixProducts } from "./matrix.ts";

const BLOCK = 128;

/**
 * The upper triangular R of a symmetric positive definite matrix A with A = R Rᵀ, so that column k depends on the
 * columns before it alone: a Cholesky factorization from the last row to the first, in blocks whose products ONNX
 * Runtime computes. Throws where A is not positive definite.
 */
export async function upperFactor(products: MatrixProducts, a: Matrix): Promise<Matrix> {
  const size = a.rows;
  const factor = { rows: size, columns: size, values: new Float32Array(size * size) };
  // From the lower right corner: block [top, bottom) of columns, all rows above `bottom`.
  for (let bottom = size; bottom > 0; bottom -= BLOCK) {
    const top = Math.max(0, bottom - BLOCK);
    const { values: panel } = columnsOf(a, top, bottom, bottom);
    if (bottom < size) {
      const right = columnsOf(factor, bottom, size, bottom);
      const own = transposedRows(factor, top, bottom, bottom);
      const { values } = await products.times(right, own);
      for (let i = 0; i < values.length; i++) panel[i]! -= values[i]!;
    }
    factorPanel(panel, top, bottom);
    for (let row = 0; row < bottom; row++)
      factor.values.set(panel.subarray(row * (bottom - top), (row + 1) * (bottom - top)), row * size + top);
  }
  return factor;
}

/** Solves the last `width` columns in place, the last first; the panel has rows 0 to `bottom`. */
function factorPanel(panel: Float32Array, top: number, bottom: number): void {
  const width = bottom - top;
  for (let k = width - 1; k >= 0; k--) {
    const own = (top + k) * width;
    const pivot = panel[own + k]!;
    if (!(pivot > 0)) throw new Error("the matrix is not positive definite");
    const root = Math.sqrt(pivot);
    for (let row = 0; row <= top + k; row++) panel[row * width + k]! /= root;
    for (let row = top + k + 1; row < bottom; row++) panel[row * width + k] = 0;
    for (let row = 0; row <= top + k; row++) {
      const factor = panel[row * width + k]!;
      if (factor === 0) continue;
      // Column j loses what column k explains of it: R[row, k] · R[j, k].
      for (let j = 0; j < k; j++) panel[row * width + j]! -= factor * panel[(top + j) * width + k]!;
    }
  }
}

/** Rows 0 to `rows` of columns [from, to), side by side. */
function columnsOf({ columns, values }: Matrix, from: number, to: number, rows: number): Matrix {
  const width = to - from;
  const out = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++)
    out.set(values.subarray(row * columns + from, row * columns + to), row * width);
  return { rows, columns: width, values: out };
}

/** Rows [from, to) of columns from `left` on, transposed. */
function transposedRows({ columns, values }: Matrix, from: number, to: number, left: number): Matrix {
  const [rows, width] = [columns - left, to - from];
  const out = new Float32Array(rows * width);
  for (let row = from; row < to; row++)
    for (let c = left; c < columns; c++) out[(c - left) * width + row - from] = values[row * columns + c]!;
  return { rows, columns: width, values: out };
}
