import type { TensorData } from "./tensor-data.ts";

/**
 * ONNX as plain objects (onnx.proto, IR version 10). Only the fields that encoders use are named; others are
 * rejected on reading rather than lost on writing.
 */

export const DataType = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  INT32: 6,
  INT64: 7,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  BFLOAT16: 16,
  UINT4: 21,
  INT4: 22,
} as const;
export type DataType = (typeof DataType)[keyof typeof DataType];

/** A constant of the graph, in row-major order. */
export interface TensorProto {
  name: string;
  dataType: number;
  dims: number[];
  data: TensorData;
}

export interface AttributeProto {
  name: string;
  /** AttributeProto.AttributeType: 1 FLOAT, 2 INT, 3 STRING, 4 TENSOR, 6 FLOATS, 7 INTS, 8 STRINGS. */
  type: number;
  f?: number;
  i?: bigint;
  s?: Uint8Array;
  t?: TensorProto;
  floats?: number[];
  ints?: bigint[];
  strings?: Uint8Array[];
}

export interface NodeProto {
  name: string;
  opType: string;
  /** Empty for standard operators, `com.microsoft` for those of ONNX Runtime. */
  domain: string;
  /** An optional input that is left out is an empty string. */
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}

/** A dimension is a length or a name such as `batch`. */
export interface ValueInfo {
  name: string;
  elemType: number;
  shape: (number | string)[];
}

/** Nodes stand in an order in which they can be run. */
export interface GraphProto {
  name: string;
  node: NodeProto[];
  initializer: TensorProto[];
  input: ValueInfo[];
  output: ValueInfo[];
}

export interface ModelProto {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  opsetImport: { domain: string; version: number }[];
  metadata: { key: string; value: string }[];
  graph: GraphProto;
}

const BITS: Readonly<Record<number, number>> = {
  [DataType.FLOAT]: 32,
  [DataType.UINT8]: 8,
  [DataType.INT8]: 8,
  [DataType.INT32]: 32,
  [DataType.INT64]: 64,
  [DataType.BOOL]: 8,
  [DataType.FLOAT16]: 16,
  [DataType.DOUBLE]: 64,
  [DataType.BFLOAT16]: 16,
  [DataType.UINT4]: 4,
  [DataType.INT4]: 4,
};

/** Bytes that a tensor of this type and shape takes; undefined for a type that encoders do not use. */
export function tensorBytes(dataType: number, dims: readonly number[]): number | undefined {
  const bits = BITS[dataType];
  return bits === undefined ? undefined : Math.ceil((dims.reduce((a, b) => a * b, 1) * bits) / 8);
}

/** The opset of standard operators. */
export function opsetOf(model: ModelProto): number {
  return model.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version ?? 0;
}
