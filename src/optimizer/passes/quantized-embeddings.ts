import { z } from "zod";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { GraphRewrite } from "../onnx/graph-rewrite.ts";
import { DataType, type NodeProto, type TensorProto } from "../onnx/proto.ts";
import { float16Tensor, floatsOf, int8Tensor, integersOf } from "../onnx/tensors.ts";
import { roundEven } from "../quantization/linear-quantizer.ts";
import { definePass } from "./pass.ts";

/**
 * Pass `quantized-embeddings`: a float32 table of words (read by `Gather`) or positions (read by `Slice` along its first
 * axis) becomes int8 with one scale per row, or float16. Only the rows that a batch needs are widened again.
 */
export const quantizedEmbeddings = definePass({
  name: "quantized-embeddings",
  description: "the tables of words and positions in 8 bits with a scale per row, or in 16",
  parameters: z.strictObject({ bits: z.union([z.literal(8), z.literal(16)]).default(8) }),
  search: { bits: [8, 16] },
  usesCalibration: false,
  apply: (piece, { bits }) => {
    const rewrite = new GraphRewrite(piece.model);
    for (const reader of piece.model.graph.node.filter((node) => readsRows(node, rewrite))) {
      const table = rewrite.initializer(reader.input[0]);
      if (table?.dataType !== DataType.FLOAT || table.dims.length !== 2) continue;
      const g = new GraphBuilder(table.name);
      (bits === 8 ? readIntegers : readHalves)(g, table, reader);
      rewrite.replace(reader, g.graph.node);
      rewrite.setAll(g.graph.initializer);
    }
    return { ...piece, model: rewrite.finish() };
  },
});

function readsRows({ opType, input }: NodeProto, rewrite: GraphRewrite): boolean {
  if (opType === "Gather") return true;
  const axes = opType === "Slice" ? rewrite.initializer(input[3]) : undefined;
  return axes !== undefined && integersOf(axes).join() === "0";
}

/** Reads the same rows of another table. */
function rowsOf(g: GraphBuilder, reader: NodeProto, table: string, name: string): string {
  g.graph.node.push({ ...reader, name, input: [table, ...reader.input.slice(1)], output: [name] });
  return name;
}

function readHalves(g: GraphBuilder, table: TensorProto, reader: NodeProto): void {
  const name = reader.output[0]!;
  const halves = g.initializer(float16Tensor(`${table.name}.fp16`, table.dims, floatsOf(table)));
  g.cast(name, rowsOf(g, reader, halves, `${name}.fp16`), DataType.FLOAT);
}

function readIntegers(g: GraphBuilder, table: TensorProto, reader: NodeProto): void {
  const name = reader.output[0]!;
  const [rows, width] = table.dims as [number, number];
  const { values, scales } = quantizeRows(floatsOf(table), rows, width);
  const integerTable = g.initializer(int8Tensor(`${table.name}.int8`, [rows, width], values));
  const scaleTable = g.floats(`${table.name}.int8_scale`, [rows, 1], scales);
  const floats = g.cast(`${name}.float`, rowsOf(g, reader, integerTable, `${name}.int8`), DataType.FLOAT);
  g.node(name, "Mul", [floats, rowsOf(g, reader, scaleTable, `${name}.scale`)]);
}

function quantizeRows(
  table: Float32Array,
  rows: number,
  width: number,
): { values: Int8Array; scales: Float32Array } {
  const values = new Int8Array(table.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let largest = 1e-12;
    for (let i = row * width; i < (row + 1) * width; i++) largest = Math.max(largest, Math.abs(table[i]!));
    const scale = Math.fround(largest / 127);
    scales[row] = scale;
    for (let i = row * width; i < (row + 1) * width; i++) values[i] = roundEven(table[i]! / scale);
  }
  return { values, scales };
}
