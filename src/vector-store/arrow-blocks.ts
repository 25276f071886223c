import * as arrow from "apache-arrow";
import type { Block, CollectionSpec, FieldKind, FieldValue } from "./vector-store.ts";

const keywordList = new arrow.List(new arrow.Field("item", new arrow.Utf8()));

function fieldType(kind: FieldKind): arrow.DataType {
  if (kind === "integer") return new arrow.Int32();
  return kind === "keywords" ? keywordList : new arrow.Utf8();
}

export interface TableOptions {
  /** Ids of vectors and bodies of documents too, which the embedded store keeps elsewhere. */
  whole?: boolean;
}

/** Columns of a table: ours (`ordinal`, `block`, `id`, `body`, `vector`) and the spec's fields. */
export function tableSchema(spec: CollectionSpec, { whole = false }: TableOptions = {}): arrow.Schema {
  const documents = spec.dimension === undefined;
  const fields = [
    ...(documents || whole ? [new arrow.Field("id", new arrow.Utf8())] : []),
    ...(documents && whole ? [new arrow.Field("body", new arrow.Utf8())] : []),
    new arrow.Field("ordinal", new arrow.Int32()),
    new arrow.Field("block", new arrow.Int32()),
    ...Object.entries(spec.fields).map(([name, kind]) => new arrow.Field(name, fieldType(kind))),
  ];
  if (spec.dimension !== undefined) fields.push(new arrow.Field("vector", vectorType(spec.dimension)));
  return new arrow.Schema(fields);
}

function vectorType(dimension: number): arrow.FixedSizeList {
  return new arrow.FixedSizeList(dimension, new arrow.Field("item", new arrow.Float32()));
}

/** A block as an Arrow table of `schema`; the vectors are not copied. */
export function blockTable(schema: arrow.Schema, block: Block): arrow.Table {
  const length = block.ids.length;
  const column = (field: arrow.Field): arrow.Data => {
    if (field.name === "id") return utf8(block.ids);
    if (field.name === "body") return utf8(block.bodies!);
    if (field.name === "ordinal")
      return arrow.makeData({ type: new arrow.Int32(), data: ordinals(block.firstOrdinal, length) });
    if (field.name === "block")
      return arrow.makeData({ type: new arrow.Int32(), data: new Int32Array(length).fill(block.number) });
    if (field.name === "vector") return vectorData(field.type as arrow.FixedSizeList, block.vectors!, length);
    const values = block.fields[field.name]!;
    if (field.type instanceof arrow.Int32)
      return arrow.makeData({ type: field.type, data: Int32Array.from(values as number[]) });
    return arrow.vectorFromArray(values as unknown[], field.type).data[0]!;
  };
  const children = schema.fields.map(column);
  const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children });
  return new arrow.Table(new arrow.RecordBatch(schema, data));
}

/** The block that `blockTable` made the table of, with ids and bodies or vectors. */
export function blockOf(spec: CollectionSpec, table: arrow.Table): Block {
  const strings = (name: string): string[] => Array.from(table.getChild(name)! as Iterable<string>);
  const ints = (name: string): number[] => Array.from(table.getChild(name)! as Iterable<number>);
  const fields: Record<string, FieldValue[]> = {};
  for (const [name, kind] of Object.entries(spec.fields))
    fields[name] =
      kind === "integer" ? ints(name) : kind === "keywords" ? lists(table.getChild(name)!) : strings(name);
  return {
    number: ints("block")[0] ?? 0,
    firstOrdinal: ints("ordinal")[0] ?? 0,
    ids: strings("id"),
    fields,
    ...(spec.dimension === undefined
      ? { bodies: strings("body") }
      : { vectors: floats(table, spec.dimension) }),
  };
}

/** Values of a column of lists of keywords. */
export function lists(column: Iterable<Iterable<string> | null>): string[][] {
  return Array.from(column, (list) => Array.from(list ?? []));
}

function floats(table: arrow.Table, dimension: number): Float32Array {
  const vectors = new Float32Array(table.numRows * dimension);
  let at = 0;
  for (const { children, length, offset } of table.getChild("vector")!.data) {
    const values = children[0]!.values as Float32Array;
    vectors.set(values.subarray(offset * dimension, (offset + length) * dimension), at);
    at += length * dimension;
  }
  return vectors;
}

function utf8(values: readonly string[]): arrow.Data {
  return arrow.vectorFromArray(values as string[], new arrow.Utf8()).data[0]!;
}

function ordinals(first: number, length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => first + i);
}

function vectorData(type: arrow.FixedSizeList, vectors: Float32Array, length: number): arrow.Data {
  const child = arrow.makeData({ type: new arrow.Float32(), length: vectors.length, data: vectors });
  return arrow.makeData({ type, length, nullCount: 0, child });
}
