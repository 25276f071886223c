import { DataType, type TensorProto } from "./proto.ts";

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A float32 initializer of the given shape; throws when the lengths disagree. */
export function floatTensor(name: string, dims: number[], data: Float32Array): TensorProto {
  return { name, dataType: DataType.FLOAT, dims, rawData: checked(name, dims, data) };
}

export function int8Tensor(name: string, dims: number[], data: Int8Array): TensorProto {
  return { name, dataType: DataType.INT8, dims, rawData: checked(name, dims, data) };
}

export function uint8Tensor(name: string, dims: number[], data: Uint8Array): TensorProto {
  return { name, dataType: DataType.UINT8, dims, rawData: checked(name, dims, data) };
}

export function int64Tensor(name: string, dims: number[], values: number[]): TensorProto {
  const data = BigInt64Array.from(values, BigInt);
  return { name, dataType: DataType.INT64, dims, rawData: checked(name, dims, data) };
}

function checked(name: string, dims: number[], data: ArrayBufferView & { length: number }): Uint8Array {
  const expected = dims.reduce((a, b) => a * b, 1);
  if (data.length !== expected)
    throw new Error(`tensor ${name} has ${data.length} values for [${dims.join(", ")}]`);
  return bytesOf(data);
}

/** The values of a float32 tensor. Copies only when the bytes are not aligned to four. */
export function floatsOf(tensor: TensorProto): Float32Array {
  const raw = tensor.rawData;
  if (tensor.dataType !== DataType.FLOAT || !raw)
    throw new Error(`tensor ${tensor.name} is not float32 in memory`);
  const aligned = raw.byteOffset % 4 === 0 ? raw : raw.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
