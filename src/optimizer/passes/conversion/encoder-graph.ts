import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { prune } from "../../onnx/graph-index.ts";
import { int64Tensor, madeFloatTensor } from "../../onnx/tensors.ts";

/** Builds the pieces of an encoder's graph from a checkpoint's weights, in operators that the opset has. */
export class EncoderGraph extends GraphBuilder {
  readonly checkpoint: Checkpoint;
  readonly #opset: number;

  constructor(checkpoint: Checkpoint, opset: number) {
    super(`${checkpoint.config.model_type}-encoder`);
    this.checkpoint = checkpoint;
    this.#opset = opset;
  }

  addConstants(): void {
    const { hidden_size: size, num_attention_heads: heads } = this.checkpoint.config;
    this.scalar("const.one", 1);
    this.scalar("const.half", 0.5);
    this.scalar("const.sqrt2", Math.SQRT2);
    this.scalar("const.scale", 1 / Math.sqrt(size / heads));
    // Far below any score, yet finite: an infinite bias would turn a row of padding into NaN.
    this.scalar("const.masked", -10000);
    this.scalar("const.tiny", 1e-12);
    this.scalar("const.epsilon", this.checkpoint.config.layer_norm_eps);
    this.ints("const.axis0", [0]);
    this.ints("const.axis1", [1]);
    this.ints("const.axes12", [1, 2]);
    this.ints("const.last_axis", [-1]);
    this.ints("const.split_heads", [0, 0, heads, size / heads]);
    this.ints("const.join_heads", [0, 0, size]);
    this.initializer(int64Tensor("const.first", [], [0]));
  }

  dropUnusedConstants(): void {
    prune(this.graph);
  }

  /** A constant whose values are read or computed when they are written. */
  made(name: string, dims: number[], make: () => Float32Array): string {
    return this.initializer(madeFloatTensor(name, dims, make));
  }

  /** A weight of the checkpoint; its presence and shape are checked at once, its values are read when written. */
  weight(name: string, dims: number[]): string {
    this.checkpoint.require(name, dims);
    return this.made(name, dims, () => this.checkpoint.weight(name, dims));
  }

  linear(name: string, input: string, from: number, to: number): string {
    // PyTorch keeps [out, in]; MatMul wants [in, out].
    this.checkpoint.require(`${name}.weight`, [to, from]);
    const weight = this.made(`${name}.weight`, [from, to], () =>
      transposed(this.checkpoint.weight(`${name}.weight`, [to, from]), to, from),
    );
    const product = this.node(`${name}.matmul`, "MatMul", [input, weight]);
    return this.node(name, "Add", [product, this.weight(`${name}.bias`, [to])]);
  }

  layerNorm(name: string, input: string): string {
    const { hidden_size: size, layer_norm_eps } = this.checkpoint.config;
    const gamma = this.weight(`${name}.weight`, [size]);
    const beta = this.weight(`${name}.bias`, [size]);
    if (this.#opset >= 17) {
      const epsilon = { float: layer_norm_eps };
      return this.node(name, "LayerNormalization", [input, gamma, beta], { axis: -1, epsilon });
    }
    const mean = this.#mean(`${name}.mean`, input);
    const centred = this.node(`${name}.centred`, "Sub", [input, mean]);
    const square = this.node(`${name}.square`, "Mul", [centred, centred]);
    const variance = this.#mean(`${name}.variance`, square);
    const shifted = this.node(`${name}.shifted`, "Add", [variance, "const.epsilon"]);
    const deviation = this.node(`${name}.deviation`, "Sqrt", [shifted]);
    const normal = this.node(`${name}.normal`, "Div", [centred, deviation]);
    const scaled = this.node(`${name}.scaled`, "Mul", [normal, gamma]);
    return this.node(name, "Add", [scaled, beta]);
  }

  /** Length of the second axis, as a list of one. */
  lengthOf(name: string, input: string): string {
    const shape = this.node(`${name}.shape`, "Shape", [input]);
    return this.node(name, "Gather", [shape, "const.axis1"], { axis: 0 });
  }

  /** Exact GELU, x · ½ (1 + erf(x / √2)): an operator from opset 20 on. */
  gelu(name: string, input: string): string {
    if (this.#opset >= 20) return this.node(name, "Gelu", [input]);
    const scaled = this.node(`${name}.scaled`, "Div", [input, "const.sqrt2"]);
    const erf = this.node(`${name}.erf`, "Erf", [scaled]);
    const shifted = this.node(`${name}.shifted`, "Add", [erf, "const.one"]);
    const product = this.node(`${name}.product`, "Mul", [input, shifted]);
    return this.node(name, "Mul", [product, "const.half"]);
  }

  /** Length of the vectors in the last axis; the axes are an input from opset 18 on. */
  reduceL2(name: string, input: string): string {
    if (this.#opset >= 18) return this.node(name, "ReduceL2", [input, "const.last_axis"], { keepdims: 1 });
    return this.node(name, "ReduceL2", [input], { axes: [-1], keepdims: 1 });
  }

  #mean(name: string, input: string): string {
    return this.node(name, "ReduceMean", [input], { axes: [-1], keepdims: 1 });
  }
}

const TILE = 32;

/** [rows, columns] to [columns, rows], in tiles that stay in the cache. */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let top = 0; top < rows; top += TILE) {
    for (let left = 0; left < columns; left += TILE) {
      const bottom = Math.min(rows, top + TILE);
      const right = Math.min(columns, left + TILE);
      for (let r = top; r < bottom; r++)
        for (let c = left; c < right; c++) out[c * rows + r] = values[r * columns + c]!;
    }
  }
  return out;
}
