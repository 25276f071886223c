import { float32ToFloat16 } from "../checkpoint/half-floats.ts";
import { DataType, type TensorProto, tensorBytes } from "./proto.ts";
import { MadeData, MemoryData } from "./tensor-data.ts";

/** A float32 initializer of the given shape; throws when the lengths disagree. */
export function floatTensor(name: string, dims: number[], values: Float32Array): TensorProto {
  return tensor(name, DataType.FLOAT, dims, values);
}

/** A float32 initializer whose values are made when they are needed, and again when they are needed again. */
export function madeFloatTensor(name: string, dims: number[], make: () => Float32Array): TensorProto {
  return {
    name,
    dataType: DataType.FLOAT,
    dims,
    data: new MadeData(tensorBytes(DataType.FLOAT, dims)!, make),
  };
}

/** Single precision rounded to half. */
export function float16Tensor(name: string, dims: number[], values: Float32Array): TensorProto {
  return tensor(name, DataType.FLOAT16, dims, float32ToFloat16(values));
}

export function int8Tensor(name: string, dims: number[], values: Int8Array): TensorProto {
  return tensor(name, DataType.INT8, dims, values);
}

export function uint8Tensor(name: string, dims: number[], values: Uint8Array): TensorProto {
  return tensor(name, DataType.UINT8, dims, values);
}

export function int64Tensor(name: string, dims: number[], values: readonly number[]): TensorProto {
  return tensor(name, DataType.INT64, dims, BigInt64Array.from(values, BigInt));
}

function tensor(name: string, dataType: number, dims: number[], values: ArrayBufferView): TensorProto {
  if (values.byteLength !== tensorBytes(dataType, dims))
    throw new Error(`tensor ${name} has ${values.byteLength} bytes for [${dims.join(", ")}]`);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dataType, dims, data: new MemoryData(bytes) };
}

/** The values of a float32 tensor. Copies only when the bytes are not aligned to four. */
export function floatsOf({ name, dataType, data }: TensorProto): Float32Array {
  if (dataType !== DataType.FLOAT) throw new Error(`tensor ${name} is not float32`);
  const raw = data.bytes();
  const aligned = raw.byteOffset % 4 === 0 ? raw : raw.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** The values of an int64 tensor, which are small where encoders have them. */
export function integersOf({ name, dataType, data }: TensorProto): number[] {
  if (dataType !== DataType.INT64) throw new Error(`tensor ${name} is not int64`);
  const copy = data.bytes().slice();
  return [...new BigInt64Array(copy.buffer)].map(Number);
}
