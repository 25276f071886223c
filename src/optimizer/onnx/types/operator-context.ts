import type { NodeProto, TensorProto } from "../proto.ts";
import type { Dimension, TensorType } from "./tensor-type.ts";

/** What the type rule of an operator may ask about the node at hand. */
export interface OperatorContext {
  readonly node: NodeProto;
  readonly opset: number;
  /** Type of an input; throws where it is left out. */
  type(index: number): TensorType;
  has(index: number): boolean;
  /** The constant behind an input. */
  constant(index: number): TensorProto | undefined;
  /** The values of an int64 list that is known but for names: a constant, or a shape. */
  dimensions(index: number): readonly Dimension[] | undefined;
  int(name: string, fallback: number): number;
  ints(name: string): number[] | undefined;
}

/** Types of the outputs of a node, in order. Throws an `Error` where the inputs do not fit. */
export type TypeRule = (context: OperatorContext) => TensorType[];
