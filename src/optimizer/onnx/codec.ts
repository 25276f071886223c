import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfo } from "./proto.ts";
import { WireReader, WireWriter } from "./wire.ts";

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

/** Typed data fields (float_data, int32_data, int64_data) become raw bytes, so that the rest knows one form. */
function decodeTensor(bytes: Uint8Array): TensorProto {
  const dims: bigint[] = [];
  const floats: number[] = [];
  const ints32: bigint[] = [];
  const ints64: bigint[] = [];
  const external: { key: string; value: string }[] = [];
  const tensor: TensorProto = { name: "", dataType: 0, dims: [] };
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
      9: (r) => (tensor.rawData = r.bytes()),
      13: (r) => external.push(stringPair(r.bytes(), "StringStringEntryProto")),
    },
    [12, 14, 16], // doc_string, data_location (implied by external_data), metadata
  );
  tensor.dims = dims.map(Number);
  if (external.length > 0) tensor.externalData = external;
  else tensor.rawData ??= rawFromTyped(tensor.dataType, floats, ints32, ints64);
  return tensor;
}

function rawFromTyped(dataType: number, floats: number[], ints32: bigint[], ints64: bigint[]): Uint8Array {
  if (floats.length > 0) return new Uint8Array(Float32Array.from(floats).buffer);
  if (ints64.length > 0) return new Uint8Array(BigInt64Array.from(ints64).buffer);
  const numbers = ints32.map(Number);
  if (dataType === 6) return new Uint8Array(Int32Array.from(numbers).buffer);
  if (dataType === 10) return new Uint8Array(Uint16Array.from(numbers).buffer);
  return Uint8Array.from(numbers.map((n) => n & 0xff));
}

function decodeAttribute(bytes: Uint8Array): AttributeProto {
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
      5: (r) => (attribute.t = decodeTensor(r.bytes())),
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

function decodeNode(bytes: Uint8Array): NodeProto {
  const node: NodeProto = { name: "", opType: "", domain: "", input: [], output: [], attribute: [] };
  fields(
    bytes,
    "NodeProto",
    {
      1: (r) => node.input.push(r.string()),
      2: (r) => node.output.push(r.string()),
      3: (r) => (node.name = r.string()),
      4: (r) => (node.opType = r.string()),
      5: (r) => node.attribute.push(decodeAttribute(r.bytes())),
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

function decodeGraph(bytes: Uint8Array): GraphProto {
  const graph: GraphProto = { name: "", node: [], initializer: [], input: [], output: [] };
  fields(
    bytes,
    "GraphProto",
    {
      1: (r) => graph.node.push(decodeNode(r.bytes())),
      2: (r) => (graph.name = r.string()),
      5: (r) => graph.initializer.push(decodeTensor(r.bytes())),
      11: (r) => graph.input.push(decodeValueInfo(r.bytes())),
      12: (r) => graph.output.push(decodeValueInfo(r.bytes())),
    },
    [10, 13, 14, 16],
  );
  return graph;
}

/** Parses an ONNX file. Tensors are views into `bytes`. Throws an `Error` that names the field at fault. */
export function decodeModel(bytes: Uint8Array): ModelProto {
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
      7: (r) => (graph = decodeGraph(r.bytes())),
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

function message(writer: WireWriter, field: number, write: (nested: WireWriter) => void): void {
  const nested = new WireWriter();
  write(nested);
  writer.tag(field, 2);
  writer.message(nested);
}

function text(writer: WireWriter, field: number, value: string): void {
  if (value === "") return;
  writer.tag(field, 2);
  writer.string(value);
}

function int(writer: WireWriter, field: number, value: number | bigint): void {
  writer.tag(field, 0);
  writer.varint(BigInt(value));
}

function encodeTensor(w: WireWriter, tensor: TensorProto): void {
  for (const dim of tensor.dims) int(w, 1, dim);
  int(w, 2, tensor.dataType);
  text(w, 8, tensor.name);
  if (tensor.externalData) {
    for (const entry of tensor.externalData) {
      message(w, 13, (n) => {
        text(n, 1, entry.key);
        text(n, 2, entry.value);
      });
    }
    int(w, 14, 1);
  } else if (tensor.rawData) {
    w.tag(9, 2);
    w.bytes(tensor.rawData);
  }
}

function encodeAttribute(w: WireWriter, a: AttributeProto): void {
  text(w, 1, a.name);
  if (a.f !== undefined) {
    w.tag(2, 5);
    w.float32(a.f);
  }
  if (a.i !== undefined) int(w, 3, a.i);
  if (a.s !== undefined) {
    w.tag(4, 2);
    w.bytes(a.s);
  }
  const tensor = a.t;
  if (tensor) message(w, 5, (n) => encodeTensor(n, tensor));
  for (const f of a.floats ?? []) {
    w.tag(7, 5);
    w.float32(f);
  }
  for (const i of a.ints ?? []) int(w, 8, i);
  for (const s of a.strings ?? []) {
    w.tag(9, 2);
    w.bytes(s);
  }
  int(w, 20, a.type);
}

function encodeNode(w: WireWriter, node: NodeProto): void {
  // An optional input that is left out is an empty string and must keep its place.
  for (const name of node.input) {
    w.tag(1, 2);
    w.string(name);
  }
  for (const name of node.output) {
    w.tag(2, 2);
    w.string(name);
  }
  text(w, 3, node.name);
  text(w, 4, node.opType);
  for (const attribute of node.attribute) message(w, 5, (n) => encodeAttribute(n, attribute));
  text(w, 7, node.domain);
}

function encodeValueInfo(w: WireWriter, info: ValueInfo): void {
  text(w, 1, info.name);
  message(w, 2, (type) =>
    message(type, 1, (tensor) => {
      int(tensor, 1, info.elemType);
      message(tensor, 2, (shape) => {
        for (const dim of info.shape) {
          message(shape, 1, (d) => (typeof dim === "number" ? int(d, 1, dim) : text(d, 2, dim)));
        }
      });
    }),
  );
}

/** The file as chunks to write one after the other; tensors are not copied. */
export function encodeModel(model: ModelProto): Uint8Array[] {
  const w = new WireWriter();
  int(w, 1, model.irVersion);
  text(w, 2, model.producerName);
  text(w, 3, model.producerVersion);
  message(w, 7, (g) => {
    for (const node of model.graph.node) message(g, 1, (n) => encodeNode(n, node));
    text(g, 2, model.graph.name);
    for (const tensor of model.graph.initializer) message(g, 5, (n) => encodeTensor(n, tensor));
    for (const info of model.graph.input) message(g, 11, (n) => encodeValueInfo(n, info));
    for (const info of model.graph.output) message(g, 12, (n) => encodeValueInfo(n, info));
  });
  for (const opset of model.opsetImport) {
    message(w, 8, (n) => {
      text(n, 1, opset.domain);
      int(n, 2, opset.version);
    });
  }
  for (const entry of model.metadata) {
    message(w, 14, (n) => {
      text(n, 1, entry.key);
      text(n, 2, entry.value);
    });
  }
  return w.finish();
}
