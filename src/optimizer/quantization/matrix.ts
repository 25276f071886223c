import { InferenceSession, Tensor } from "../../encoder/onnx-runtime.ts";
import { GraphBuilder, modelOf } from "../onnx/graph-builder.ts";
import { modelBytes } from "../onnx/model-file.ts";
import { DataType } from "../onnx/proto.ts";

/** A float32 matrix in row-major order. */
export interface Matrix {
  rows: number;
  columns: number;
  values: Float32Array;
}

/** Products of matrices at the speed of ONNX Runtime's kernels; plain loops here are thirty times slower. */
export class MatrixProducts implements AsyncDisposable {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async open(): Promise<MatrixProducts> {
    const g = new GraphBuilder("product");
    g.input("a", DataType.FLOAT, ["m", "k"]);
    g.input("b", DataType.FLOAT, ["k", "n"]);
    g.node("c", "MatMul", ["a", "b"]);
    g.output("c", ["m", "n"]);
    const session = await InferenceSession.create(modelBytes(modelOf(g.graph, "", 17)));
    return new MatrixProducts(session);
  }

  /** [m, k] · [k, n]. */
  async times(a: Matrix, b: Matrix): Promise<Matrix> {
    const outputs = await this.#session.run({
      a: new Tensor("float32", a.values, [a.rows, a.columns]),
      b: new Tensor("float32", b.values, [b.rows, b.columns]),
    });
    return { rows: a.rows, columns: b.columns, values: outputs["c"]!.data as Float32Array };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}

export function transpose({ rows, columns, values }: Matrix): Matrix {
  const out = new Float32Array(values.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c]!;
  return { rows: columns, columns: rows, values: out };
}
