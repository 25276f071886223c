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
  UINT4: 21,
  INT4: 22,
} as const;
export type DataType = (typeof DataType)[keyof typeof DataType];

export interface TensorProto {
  name: string;
  dataType: number;
  dims: number[];
  /** Little-endian bytes; absent when the tensor lies in an external file. */
  rawData?: Uint8Array;
  /** `location`, `offset` and `length` of a tensor in an external file. */
  externalData?: { key: string; value: string }[];
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
  domain: string;
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
