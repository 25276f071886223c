import { join } from "node:path";
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfo } from "./proto.ts";
import { FileData, MemoryData } from "./tensor-data.ts";
import { WireReader } from "./wire.ts";

type Handler = (reader: WireReader, wireType: number) => void;

/** Reads a message: each field number has a handler; `unknown` says what to do with the rest. */
function fields(
  bytes: Uint8Array,
  what: string,
  handlers: Record<number, Handler>,
  ignore: number[] = [],
): void {
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.uint32();
    const handler = handlers[tag >>> 3];
    if (handler) handler(reader, tag & 7);
    else if (ignore.includes(tag >>> 3)) reader.skip(tag & 7);
    else throw new Error(`field ${tag >>> 3} of ${what} is not supported`);
  }
}

function pushInts(target: bigint[], reader: WireReader, wireType: number): void {
  if (wireType === 0) {
    target.push(reader.varint());
    return;
  }
  const packed = new WireReader(reader.bytes());
  while (!packed.done) target.push(packed.varint());
}

function pushFloats(target: number[], reader: WireReader, wireType: number): void {
  if (wireType === 5) {
    target.push(reader.float32());
    return;
  }
  const packed = new WireReader(reader.bytes());
  while (!packed.done) target.push(packed.float32());
}

function stringPair(bytes: Uint8Array, what: string): { key: string; value: string } {
  const pair = { key: "", value: "" };
  fields(bytes, what, { 1: (r) => (pair.key = r.string()), 2: (r) => (pair.value = r.string()) });
  return pair;
}

/**
 * Typed data fields (float_data, int32_data, int64_data) become raw bytes, so that the rest knows one form. `folder`
 * is the model's, where files of external data lie.
 */
function decodeTensor(bytes: Uint8Array, folder: string): TensorProto {
  const dims: bigint[] = [];
  const floats: number[] = [];
  const ints32: bigint[] = [];
  const ints64: bigint[] = [];
  const external: { key: string; value: string }[] = [];
  const tensor = { name: "", dataType: 0 };
  let raw: Uint8Array | undefined;
  fields(
    bytes,
    "TensorProto",
    {
      1: (r, w) => pushInts(dims, r, w),
      2: (r) => (tensor.dataType = r.uint32()),
      4: (r, w) => pushFloats(floats, r, w),
      5: (r, w) => pushInts(ints32, r, w),
      7: (r, w) => pushInts(ints64, r, w),
      8: (r) => (tensor.name = r.string()),
      9: (r) => (raw = r.bytes()),
      13: (r) => external.push(stringPair(r.bytes(), "StringStringEntryProto")),
    },
    [12, 14, 16], // doc_string, data_location (implied by external_data), metadata
  );
  const data =
    external.length > 0
      ? externalData(external, folder)
      : new MemoryData(raw ?? rawFromTyped(tensor.dataType, floats, ints32, ints64));
  return { ...tensor, dims: dims.map(Number), data };
}

function externalData(entries: readonly { key: string; value: string }[], folder: string): FileData {
  const { location = "", offset = "0", length } = Object.fromEntries(entries.map((e) => [e.key, e.value]));
  if (location === "" || location.startsWith("/") || location.split(/[\\/]/).includes(".."))
    throw new Error(`external data at ${location || "no place"} is not beside the model`);
  if (length === undefined) throw new Error(`external data at ${location} has no length`);
  return new FileData(join(folder, location), Number(offset), Number(length));
}

function rawFromTyped(dataType: number, floats: number[], ints32: bigint[], ints64: bigint[]): Uint8Array {
  if (floats.length > 0) return new Uint8Array(Float32Array.from(floats).buffer);
  if (ints64.length > 0) return new Uint8Array(BigInt64Array.from(ints64).buffer);
  const numbers = ints32.map(Number);
  if (dataType === 6) return new Uint8Array(Int32Array.from(numbers).buffer);
  if (dataType === 10) return new Uint8Array(Uint16Array.from(numbers).buffer);
  return Uint8Array.from(numbers.map((n) => n & 0xff));
}

function decodeAttribute(bytes: Uint8Array, folder: string): AttributeProto {
  const floats: number[] = [];
  const ints: bigint[] = [];
  const strings: Uint8Array[] = [];
  const attribute: AttributeProto = { name: "", type: 0 };
  fields(
    bytes,
    "AttributeProto",
    {
      1: (r) => (attribute.name = r.string()),
      2: (r) => (attribute.f = r.float32()),
      3: (r) => (attribute.i = r.varint()),
      4: (r) => (attribute.s = r.bytes()),
      5: (r) => (attribute.t = decodeTensor(r.bytes(), folder)),
      7: (r, w) => pushFloats(floats, r, w),
      8: (r, w) => pushInts(ints, r, w),
      9: (r) => strings.push(r.bytes()),
      20: (r) => (attribute.type = r.uint32()),
    },
    [13],
  );
  if (attribute.type === 6) attribute.floats = floats;
  if (attribute.type === 7) attribute.ints = ints;
  if (attribute.type === 8) attribute.strings = strings;
  return attribute;
}

function decodeNode(bytes: Uint8Array, folder: string): NodeProto {
  const node: NodeProto = { name: "", opType: "", domain: "", input: [], output: [], attribute: [] };
  fields(
    bytes,
    "NodeProto",
    {
      1: (r) => node.input.push(r.string()),
      2: (r) => node.output.push(r.string()),
      3: (r) => (node.name = r.string()),
      4: (r) => (node.opType = r.string()),
      5: (r) => node.attribute.push(decodeAttribute(r.bytes(), folder)),
      7: (r) => (node.domain = r.string()),
    },
    [6, 8, 9],
  );
  return node;
}

function decodeValueInfo(bytes: Uint8Array): ValueInfo {
  const info: ValueInfo = { name: "", elemType: 0, shape: [] };
  const dimension = (r: WireReader): void => {
    let dim: number | string = "";
    fields(r.bytes(), "Dimension", { 1: (d) => (dim = d.uint32()), 2: (d) => (dim = d.string()) }, [3]);
    info.shape.push(dim);
  };
  const tensorType = (r: WireReader): void =>
    fields(r.bytes(), "TypeProto.Tensor", {
      1: (t) => (info.elemType = t.uint32()),
      2: (t) => fields(t.bytes(), "TensorShapeProto", { 1: dimension }),
    });
  const type = (r: WireReader): void => fields(r.bytes(), "TypeProto", { 1: tensorType }, [6]);
  fields(bytes, "ValueInfoProto", { 1: (r) => (info.name = r.string()), 2: type }, [3, 4]);
  return info;
}

function decodeGraph(bytes: Uint8Array, folder: string): GraphProto {
  const graph: GraphProto = { name: "", node: [], initializer: [], input: [], output: [] };
  fields(
    bytes,
    "GraphProto",
    {
      1: (r) => graph.node.push(decodeNode(r.bytes(), folder)),
      2: (r) => (graph.name = r.string()),
      5: (r) => graph.initializer.push(decodeTensor(r.bytes(), folder)),
      11: (r) => graph.input.push(decodeValueInfo(r.bytes())),
      12: (r) => graph.output.push(decodeValueInfo(r.bytes())),
    },
    [10, 13, 14, 16],
  );
  return graph;
}

/**
 * Parses an ONNX file. Tensors are views into `bytes`, or refer to files in `folder`. Throws an `Error` that names the
 * field at fault.
 */
export function decodeModel(bytes: Uint8Array, folder: string): ModelProto {
  let graph: GraphProto | undefined;
  const model: Omit<ModelProto, "graph"> = {
    irVersion: 0,
    producerName: "",
    producerVersion: "",
    opsetImport: [],
    metadata: [],
  };
  fields(
    bytes,
    "ModelProto",
    {
      1: (r) => (model.irVersion = r.uint32()),
      2: (r) => (model.producerName = r.string()),
      3: (r) => (model.producerVersion = r.string()),
      7: (r) => (graph = decodeGraph(r.bytes(), folder)),
      8: (r) => {
        const opset = { domain: "", version: 0 };
        fields(r.bytes(), "OperatorSetIdProto", {
          1: (o) => (opset.domain = o.string()),
          2: (o) => (opset.version = o.uint32()),
        });
        model.opsetImport.push(opset);
      },
      14: (r) => model.metadata.push(stringPair(r.bytes(), "StringStringEntryProto")),
    },
    [4, 5, 6, 20, 25],
  );
  if (!graph) throw new Error("there is no graph in it");
  return { ...model, graph };
}
