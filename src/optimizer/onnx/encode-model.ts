import type { AttributeProto, ModelProto, NodeProto, TensorProto, ValueInfo } from "./proto.ts";
import { type Chunk, WireWriter } from "./wire.ts";

/** Where a tensor lies that is not in the model's own file. */
export interface ExternalPlace {
  /** File name, beside the model. */
  location: string;
  offset: number;
}

/** Says which tensors lie elsewhere. */
export type PlaceOf = (tensor: TensorProto) => ExternalPlace | undefined;

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

function encodeTensor(w: WireWriter, tensor: TensorProto, placeOf: PlaceOf): void {
  for (const dim of tensor.dims) int(w, 1, dim);
  int(w, 2, tensor.dataType);
  text(w, 8, tensor.name);
  const place = placeOf(tensor);
  if (!place) {
    w.tag(9, 2);
    w.data(tensor.data);
    return;
  }
  const entries = { location: place.location, offset: place.offset, length: tensor.data.byteLength };
  for (const [key, value] of Object.entries(entries)) {
    message(w, 13, (n) => {
      text(n, 1, key);
      text(n, 2, String(value));
    });
  }
  int(w, 14, 1);
}

const INLINE: PlaceOf = () => undefined;

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
  if (tensor) message(w, 5, (n) => encodeTensor(n, tensor, INLINE));
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

/** The file as chunks to write one after the other; tensors are neither copied nor made. */
export function encodeModel(model: ModelProto, placeOf: PlaceOf = INLINE): Chunk[] {
  const w = new WireWriter();
  int(w, 1, model.irVersion);
  text(w, 2, model.producerName);
  text(w, 3, model.producerVersion);
  message(w, 7, (g) => {
    for (const node of model.graph.node) message(g, 1, (n) => encodeNode(n, node));
    text(g, 2, model.graph.name);
    for (const tensor of model.graph.initializer) message(g, 5, (n) => encodeTensor(n, tensor, placeOf));
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
