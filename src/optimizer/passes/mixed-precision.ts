import { z } from "zod";
import { FLOAT16_MAX } from "../checkpoint/half-floats.ts";
import { nodeOf } from "../onnx/graph-builder.ts";
import { GraphRewrite } from "../onnx/graph-rewrite.ts";
import { DataType, type ModelProto, type NodeProto } from "../onnx/proto.ts";
import { float16Tensor, floatsOf } from "../onnx/tensors.ts";
import { inferTypes } from "../onnx/types/infer-types.ts";
import type { TensorType } from "../onnx/types/tensor-type.ts";
import { definePass } from "./pass.ts";

// What turns integers into floats, and what adds up a whole string, stays in single precision.
const ALWAYS_FLOAT = ["Cast", "ReduceSum", "ReduceL2", "QuantizeLinear", "DequantizeLinear"];

/**
 * Pass `mixed-precision`: weights and products in float16, pooling and the vector's length in float32. For GPUs; off
 * for TensorRT, which chooses precisions itself (as in the paper), and senseless on CPUs, whose `MatMul` has no
 * float16.
 */
export const mixedPrecision = definePass({
  name: "mixed-precision",
  description: "products in float16, pooling in float32 (GPUs)",
  parameters: z.strictObject({
    /** Operators that stay in float32. */
    keepFloat: z.array(z.string()).default([]),
    /** Lets the pass run for a CPU: for tests, and for graphs that another machine will run. */
    force: z.boolean().default(false),
  }),
  search: {},
  usesCalibration: false,
  refuses: ({ force }, { provider }) => {
    if (provider === "tensorrt") return "TensorRT chooses precisions itself";
    if (provider === "cpu" && !force)
      return "CPUs have no float16 product: every one would be cast to float32";
    return undefined;
  },
  apply: (piece, { keepFloat }) => ({
    ...piece,
    model: toHalf(piece.model, new Set([...ALWAYS_FLOAT, ...keepFloat])),
  }),
});

function toHalf(model: ModelProto, keepFloat: ReadonlySet<string>): ModelProto {
  const types = inferTypes(model);
  const rewrite = new GraphRewrite(model);
  const outputs = new Set(model.graph.output.map(({ name }) => name));
  const halves = new HalfValues(rewrite, types);
  for (const node of model.graph.node) {
    const staysFloat =
      keepFloat.has(node.opType) || node.output.some((name) => outputs.has(name)) || halves.isPooling(node);
    if (staysFloat || !halves.fits(node)) halves.keepFloat(node);
    else halves.narrow(node);
  }
  return rewrite.finish();
}

/** Which values are in half precision, and the casts between both. */
class HalfValues {
  readonly #rewrite: GraphRewrite;
  readonly #types: ReadonlyMap<string, TensorType>;
  readonly #half = new Set<string>();
  readonly #casts = new Set<string>();

  constructor(rewrite: GraphRewrite, types: ReadonlyMap<string, TensorType>) {
    this.#rewrite = rewrite;
    this.#types = types;
  }

  /** A node after the last layer norm: it has lost the sequence, or sums over it. */
  isPooling(node: NodeProto): boolean {
    return node.name.startsWith("pooling.");
  }

  /** Whether the node has float inputs, all of whose constants have a place in half precision. */
  fits(node: NodeProto): boolean {
    const floats = node.input.filter((name) => this.#types.get(name)?.elemType === DataType.FLOAT);
    return (
      floats.length > 0 &&
      floats.every((name) => {
        const constant = this.#rewrite.initializer(name);
        return !constant || floatsOf(constant).every((value) => Math.abs(value) <= FLOAT16_MAX);
      })
    );
  }

  narrow(node: NodeProto): void {
    this.#connect(node, (name) => {
      if (this.#types.get(name)?.elemType !== DataType.FLOAT || this.#half.has(name)) return name;
      const constant = this.#rewrite.initializer(name);
      if (!constant) return this.#cast(node, name, DataType.FLOAT16, ".fp16");
      return this.#rewrite.set(float16Tensor(`${name}.fp16`, constant.dims, floatsOf(constant)));
    });
    for (const name of node.output)
      if (this.#types.get(name)?.elemType === DataType.FLOAT) this.#half.add(name);
  }

  keepFloat(node: NodeProto): void {
    this.#connect(node, (name) =>
      this.#half.has(name) ? this.#cast(node, name, DataType.FLOAT, ".fp32") : name,
    );
  }

  #connect(node: NodeProto, source: (name: string) => string): void {
    const input = node.input.map(source);
    if (input.some((name, i) => name !== node.input[i])) this.#rewrite.replace(node, [{ ...node, input }]);
  }

  #cast(before: NodeProto, name: string, to: DataType, suffix: string): string {
    const cast = `${name}${suffix}`;
    if (!this.#casts.has(cast)) this.#rewrite.insertBefore(before, [nodeOf(cast, "Cast", [name], { to })]);
    this.#casts.add(cast);
    return cast;
  }
}
