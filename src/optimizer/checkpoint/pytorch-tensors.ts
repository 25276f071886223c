import { ELEMENT_BYTES, floatsFrom } from "./float-bytes.ts";
import { type Constructor, PickleName } from "./pickle-reader.ts";

/** A stretch of a PyTorch file that holds elements of one type; several tensors may share it. */
export interface Storage {
  /** Its name in the file: a member of the archive, or a key of the legacy form's list. */
  key: string;
  /** As safetensors names it; absent for an untyped storage, whose tensors say theirs. */
  type: string | undefined;
  elements: number;
}

/** A tensor as a view of a storage: element `i, j` lies at `offset + i * stride[0] + j * stride[1]`. */
export interface TensorView {
  storage: Storage;
  type: string;
  offset: number;
  shape: number[];
  stride: number[];
}

const TYPES: Record<string, string> = {
  Float: "F32",
  Half: "F16",
  BFloat16: "BF16",
  Double: "F64",
  Long: "I64",
  Int: "I32",
  Short: "I16",
  Char: "I8",
  Byte: "U8",
  Bool: "BOOL",
};
const ELEMENT_TYPES: Record<string, string> = {
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  float64: "F64",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint8: "U8",
  bool: "BOOL",
};

/** The names that a saved state dict may hold, and the plain values that they stand for here. */
export const PYTORCH_NAMES: ReadonlyMap<string, Constructor> = new Map<string, Constructor>([
  ["collections.OrderedDict", (args) => new Map((args[0] as [unknown, unknown][] | undefined) ?? [])],
  ["torch._utils._rebuild_tensor", rebuiltTensor],
  ["torch._utils._rebuild_tensor_v2", rebuiltTensor],
  ["torch._utils._rebuild_tensor_v3", (args) => rebuiltTensor(args, args[6])],
  ["torch._utils._rebuild_parameter", (args) => args[0]],
  ["torch._utils._rebuild_parameter_with_state", (args) => args[0]],
  ["torch.Size", (args) => args[0]],
  ["torch.device", (args) => args[0]],
  ["torch.storage.UntypedStorage", unbuildable],
  ...Object.keys(TYPES).map((type): [string, Constructor] => [`torch.${type}Storage`, unbuildable]),
  ...Object.keys(ELEMENT_TYPES).map((type): [string, Constructor] => [`torch.${type}`, unbuildable]),
]);

// Storage classes and element types stand in a pickle as names alone.
function unbuildable(): never {
  throw new Error("it calls a type");
}

/** The storage behind a persistent id `("storage", class, key, device, elements)`. */
export function storageOf(id: unknown): Storage {
  const [kind, type, key, , elements] = Array.isArray(id) ? id : [];
  const className = type instanceof PickleName ? type.name : "";
  if (kind !== "storage" || typeof key !== "string" || typeof elements !== "number")
    throw new Error("it holds an outside object that is no storage");
  const element = TYPES[className.replace(/^torch\./, "").replace(/Storage$/, "")];
  return { key, type: element, elements };
}

function rebuiltTensor(args: readonly unknown[], elementType?: unknown): TensorView {
  const [storage, offset, shape, stride] = args as [Storage, number, number[], number[]];
  const named = elementType instanceof PickleName ? ELEMENT_TYPES[elementType.name.slice(6)] : undefined;
  const type = named ?? storage?.type;
  const whole = (list: unknown): boolean =>
    Array.isArray(list) && list.every((n) => Number.isInteger(n) && n >= 0);
  if (type === undefined || !Number.isInteger(offset) || offset < 0 || !whole(shape) || !whole(stride))
    throw new Error("it holds a tensor that is none");
  return { storage, type, offset, shape, stride };
}

/**
 * The elements of a view, in row-major order. `read` gives bytes of the storage, counted from its start.
 * Errors: `Error` for a type that is no float.
 */
export function viewedFloats(
  view: TensorView,
  read: (from: number, length: number) => Uint8Array,
): Float32Array {
  const width = ELEMENT_BYTES[view.type]!;
  const { shape, stride, offset } = view;
  const count = shape.reduce((a, b) => a * b, 1);
  const span = count === 0 ? 0 : 1 + shape.reduce((sum, n, axis) => sum + (n - 1) * stride[axis]!, 0);
  const floats = floatsFrom(view.type, read(offset * width, span * width));
  if (!floats) throw new Error(`type ${view.type} is no float`);
  if (isRowMajor(shape, stride)) return floats;
  const out = new Float32Array(count);
  const index = shape.map(() => 0);
  for (let i = 0; i < count; i++) {
    out[i] = floats[index.reduce((sum, n, axis) => sum + n * stride[axis]!, 0)]!;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return out;
}

function isRowMajor(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}
