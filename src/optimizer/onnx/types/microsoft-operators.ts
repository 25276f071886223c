import { DataType } from "../proto.ts";
import type { OperatorContext, TypeRule } from "./operator-context.ts";
import type { Dimension, TensorType } from "./tensor-type.ts";

const same: TypeRule = (c) => [c.type(0)];

function withWidth(type: TensorType, width: Dimension, elemType = type.elemType): TensorType[] {
  return [{ elemType, shape: type.shape.with(-1, width) }];
}

/** The weight is [from, 3 · to]: query, key and value side by side. */
const attention: TypeRule = (c) => withWidth(c.type(0), Number(c.type(1).shape.at(-1)) / 3);

const embedLayerNorm: TypeRule = (c) => {
  const [ids, table] = [c.type(0), c.type(2)];
  const output = { elemType: table.elemType, shape: [...ids.shape, table.shape.at(-1)!] };
  return [output, { elemType: DataType.INT32, shape: [ids.shape[0]!] }, output].slice(
    0,
    c.node.output.length,
  );
};

const skipLayerNorm: TypeRule = (c) => {
  const input = c.type(0);
  const statistics = { elemType: DataType.FLOAT, shape: input.shape.with(-1, 1) };
  return [input, statistics, statistics, input].slice(0, c.node.output.length);
};

const blockedProduct: TypeRule = (c) => withWidth(c.type(0), c.int("N", 0));

const blockedGather: TypeRule = (c) => {
  const [data, indices, scales] = [c.type(0), c.type(1), c.type(2)];
  const perByte = data.elemType === DataType.UINT8 && c.int("bits", 4) === 4 ? 2 : 1;
  const width = Number(data.shape.at(-1)) * perByte;
  return [{ elemType: scales.elemType, shape: [...indices.shape, width] }];
};

function floatProduct(c: OperatorContext): TensorType[] {
  const [a, b] = [c.type(0), c.type(1)];
  if (a.shape.at(-1) !== b.shape[0]) throw new Error(`[${a.shape.join(", ")}] times [${b.shape.join(", ")}]`);
  return withWidth(a, b.shape.at(-1)!, DataType.FLOAT);
}

/** Operators of `com.microsoft` that the passes write. */
export const MICROSOFT_OPERATORS: Readonly<Record<string, TypeRule>> = {
  Attention: attention,
  BiasGelu: same,
  DynamicQuantizeMatMul: floatProduct,
  EmbedLayerNormalization: embedLayerNorm,
  FastGelu: same,
  GatherBlockQuantized: blockedGather,
  Gelu: same,
  MatMulIntegerToFloat: floatProduct,
  MatMulNBits: blockedProduct,
  MultiHeadAttention: same,
  SkipLayerNormalization: skipLayerNorm,
};
