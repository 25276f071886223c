import { DataType } from "../proto.ts";
import type { OperatorContext, TypeRule } from "./operator-context.ts";
import { axisOf, broadcast, type Dimension, type TensorType } from "./tensor-type.ts";

const same: TypeRule = (c) => [c.type(0)];

const elementwise: TypeRule = (c) => {
  const [a, b] = [c.type(0), c.type(1)];
  if (a.elemType !== b.elemType) throw new Error(`element types ${a.elemType} and ${b.elemType} differ`);
  return [{ elemType: a.elemType, shape: broadcast(a.shape, b.shape) }];
};

const cast: TypeRule = (c) => [{ elemType: c.int("to", 0), shape: c.type(0).shape }];

function product(c: OperatorContext, a: TensorType, b: TensorType, elemType: number): TensorType[] {
  const [inner, outer] = [a.shape.at(-1), b.shape.at(-2)];
  if (typeof inner === "number" && typeof outer === "number" && inner !== outer)
    throw new Error(`[${a.shape.join(", ")}] times [${b.shape.join(", ")}]`);
  if (a.shape.length < 2 || b.shape.length < 2) throw new Error(`${c.node.opType} of vectors`);
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return [{ elemType, shape: [...batch, a.shape.at(-2)!, b.shape.at(-1)!] }];
}

const matMul: TypeRule = (c) => {
  const [a, b] = [c.type(0), c.type(1)];
  if (a.elemType !== b.elemType) throw new Error(`element types ${a.elemType} and ${b.elemType} differ`);
  return product(c, a, b, a.elemType);
};

const gather: TypeRule = (c) => {
  const [data, indices] = [c.type(0), c.type(1)];
  const axis = axisOf(c.int("axis", 0), data.shape.length);
  const shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  return [{ elemType: data.elemType, shape }];
};

const transpose: TypeRule = (c) => {
  const { elemType, shape } = c.type(0);
  const perm = c.ints("perm") ?? shape.map((_, i) => shape.length - 1 - i);
  return [{ elemType, shape: perm.map((axis) => shape[axis]!) }];
};

const reshape: TypeRule = (c) => {
  const { elemType, shape } = c.type(0);
  const wanted = c.dimensions(1);
  if (!wanted) throw new Error("the shape to reshape to is not known");
  const copied = wanted.map((d, i) => (d === 0 ? shape[i]! : d));
  const open = copied.indexOf(-1);
  if (open >= 0) copied[open] = remaining(shape, copied.toSpliced(open, 1), c.node.output[0]!);
  return [{ elemType, shape: copied }];
};

/** The one length that is left: names cancel, numbers divide. */
function remaining(from: readonly Dimension[], taken: readonly Dimension[], name: string): Dimension {
  const names = from.filter((d) => typeof d === "string");
  for (const d of taken.filter((t) => typeof t === "string")) {
    const at = names.indexOf(d);
    if (at < 0) return `${name}.rest`;
    names.splice(at, 1);
  }
  const numbers = (list: readonly Dimension[]): number =>
    list.reduce<number>((p, d) => (typeof d === "number" ? p * d : p), 1);
  const factor = numbers(from) / numbers(taken);
  if (names.length === 0) return factor;
  return names.length === 1 && factor === 1 ? names[0]! : `${name}.rest`;
}

const shapeOf: TypeRule = (c) => {
  const rank = c.type(0).shape.length;
  const end = Math.min(c.int("end", rank), rank);
  return [{ elemType: DataType.INT64, shape: [end - c.int("start", 0)] }];
};

const slice: TypeRule = (c) => {
  const { elemType, shape } = c.type(0);
  const [starts, ends] = [c.dimensions(1), c.dimensions(2)];
  const axes = c.has(3) ? c.dimensions(3) : starts?.map((_, i) => i);
  if (!starts || !ends || !axes) throw new Error("where to slice is not known");
  const out = [...shape];
  for (const [i, axis] of axes.entries()) {
    const at = axisOf(Number(axis), shape.length);
    out[at] = sliced(shape[at]!, starts[i]!, ends[i]!, `${c.node.output[0]}.${i}`);
  }
  return [{ elemType, shape: out }];
};

function sliced(length: Dimension, start: Dimension, end: Dimension, name: string): Dimension {
  if (start === 0 && typeof end === "string") return end;
  if (typeof length !== "number" || typeof start !== "number" || typeof end !== "number") return name;
  const place = (n: number): number => Math.min(length, Math.max(0, n < 0 ? n + length : n));
  return Math.max(0, place(end) - place(start));
}

const unsqueeze: TypeRule = (c) => {
  const { elemType, shape } = c.type(0);
  const axes = c.ints("axes") ?? c.dimensions(1)?.map(Number);
  if (!axes) throw new Error("the axes to add are not known");
  const out = [...shape];
  const rank = shape.length + axes.length;
  for (const axis of axes.map((a) => axisOf(a, rank)).sort((a, b) => a - b)) out.splice(axis, 0, 1);
  return [{ elemType, shape: out }];
};

const squeeze: TypeRule = (c) => {
  const { elemType, shape } = c.type(0);
  const axes = (c.ints("axes") ?? c.dimensions(1)?.map(Number))?.map((a) => axisOf(a, shape.length));
  return [{ elemType, shape: shape.filter((d, i) => (axes ? !axes.includes(i) : d !== 1)) }];
};

const reduce: TypeRule = (c) => {
  const { elemType, shape } = c.type(0);
  const axes = (c.ints("axes") ?? (c.has(1) ? c.dimensions(1)?.map(Number) : undefined))?.map((a) =>
    axisOf(a, shape.length),
  );
  const isReduced = (i: number): boolean => axes === undefined || axes.includes(i);
  const keeps = c.int("keepdims", 1) === 1;
  const out = shape.flatMap((d, i) => (isReduced(i) ? (keeps ? [1] : []) : [d]));
  return [{ elemType, shape: out }];
};

const concat: TypeRule = (c) => {
  const first = c.type(0);
  const axis = axisOf(c.int("axis", 0), first.shape.length);
  const lengths = c.node.input.map((_, i) => c.type(i).shape[axis]!);
  const known = lengths.every((d) => typeof d === "number");
  const shape = first.shape.with(
    axis,
    known ? lengths.reduce((a, b) => Number(a) + Number(b), 0) : `${c.node.output[0]}.all`,
  );
  return [{ elemType: first.elemType, shape }];
};

const expand: TypeRule = (c) => {
  const wanted = c.dimensions(1);
  if (!wanted) throw new Error("the shape to expand to is not known");
  return [{ elemType: c.type(0).elemType, shape: broadcast(c.type(0).shape, wanted) }];
};

const constantOfShape: TypeRule = (c) => {
  const shape = c.dimensions(0);
  if (!shape) throw new Error("the shape to fill is not known");
  const value = c.node.attribute.find((a) => a.name === "value")?.t;
  return [{ elemType: value?.dataType ?? DataType.FLOAT, shape }];
};

const where: TypeRule = (c) => {
  const [condition, a, b] = [c.type(0), c.type(1), c.type(2)];
  return [{ elemType: a.elemType, shape: broadcast(condition.shape, broadcast(a.shape, b.shape)) }];
};

const quantized: TypeRule = (c) => [
  { elemType: c.has(2) ? c.type(2).elemType : DataType.UINT8, shape: c.type(0).shape },
];

const dequantized: TypeRule = (c) => [{ elemType: c.type(1).elemType, shape: c.type(0).shape }];

const dynamicallyQuantized: TypeRule = (c) => [
  { elemType: DataType.UINT8, shape: c.type(0).shape },
  { elemType: DataType.FLOAT, shape: [] },
  { elemType: DataType.UINT8, shape: [] },
];

const integerProduct: TypeRule = (c) => product(c, c.type(0), c.type(1), DataType.INT32);

const quantizedProduct: TypeRule = (c) => product(c, c.type(0), c.type(3), c.type(7).elemType);

/** Operators of the standard domain that encoders are made of. */
export const STANDARD_OPERATORS: Readonly<Record<string, TypeRule>> = {
  Add: elementwise,
  Sub: elementwise,
  Mul: elementwise,
  Div: elementwise,
  Max: elementwise,
  Min: elementwise,
  Pow: (c) => [{ elemType: c.type(0).elemType, shape: broadcast(c.type(0).shape, c.type(1).shape) }],
  Equal: (c) => [{ elemType: DataType.BOOL, shape: broadcast(c.type(0).shape, c.type(1).shape) }],
  Where: where,
  Cast: cast,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  DequantizeLinear: dequantized,
  DynamicQuantizeLinear: dynamicallyQuantized,
  Erf: same,
  Expand: expand,
  Gather: gather,
  Gelu: same,
  Identity: same,
  LayerNormalization: same,
  LpNormalization: same,
  MatMul: matMul,
  MatMulInteger: integerProduct,
  QLinearMatMul: quantizedProduct,
  QuantizeLinear: quantized,
  Reciprocal: same,
  ReduceL2: reduce,
  ReduceMean: reduce,
  ReduceSum: reduce,
  Reshape: reshape,
  Shape: shapeOf,
  Slice: slice,
  Softmax: same,
  Sqrt: same,
  Squeeze: squeeze,
  Tanh: same,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
