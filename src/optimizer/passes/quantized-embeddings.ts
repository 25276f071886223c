import { z } from "zod";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { GraphRewrite } from "../onnx/graph-rewrite.ts";
import { DataType, type TensorProto } from "../onnx/proto.ts";
import { float16Tensor, floatsOf, int8Tensor } from "../onnx/tensors.ts";
import { roundEven } from "../quantization/linear-quantizer.ts";
import { definePass } from "./pass.ts";

/**
 * Pass `quantized-embeddings`: a float32 table read by `Gather` becomes int8 with one scale per row (token), or
 * float16. Only the rows that a batch needs are widened again.
 */
export const quantizedEmbeddings = definePass({
  name: "quantized-embeddings",
  description: "the table of word vectors in 8 bits with a scale per token, or in 16",
  parameters: z.strictObject({ bits: z.union([z.literal(8), z.literal(16)]).default(8) }),
  search: { bits: [8, 16] },
  usesCalibration: false,
  apply: (piece, { bits }) => {
    const rewrite = new GraphRewrite(piece.model);
    for (const gather of piece.model.graph.node.filter((n) => n.opType === "Gather")) {
      const table = rewrite.initializer(gather.input[0]);
      if (table?.dataType !== DataType.FLOAT || table.dims.length !== 2) continue;
      const g = new GraphBuilder(table.name);
      const ids = gather.input[1]!;
      if (bits === 8) lookUpIntegers(g, table, ids, gather.output[0]!);
      else lookUpHalves(g, table, ids, gather.output[0]!);
      rewrite.replace(gather, g.graph.node);
      rewrite.setAll(g.graph.initializer);
    }
    return { ...piece, model: rewrite.finish() };
  },
});

function lookUpHalves(g: GraphBuilder, table: TensorProto, ids: string, name: string): void {
  const halves = g.initializer(float16Tensor(`${table.name}.fp16`, table.dims, floatsOf(table)));
  const rows = g.node(`${name}.fp16`, "Gather", [halves, ids], { axis: 0 });
  g.cast(name, rows, DataType.FLOAT);
}

function lookUpIntegers(g: GraphBuilder, table: TensorProto, ids: string, name: string): void {
  const [rows, width] = table.dims as [number, number];
  const { values, scales } = quantizeRows(floatsOf(table), rows, width);
  const integerTable = g.initializer(int8Tensor(`${table.name}.int8`, [rows, width], values));
  const scaleTable = g.floats(`${table.name}.int8_scale`, [rows, 1], scales);
  const integers = g.node(`${name}.int8`, "Gather", [integerTable, ids], { axis: 0 });
  const floats = g.cast(`${name}.float`, integers, DataType.FLOAT);
  const scale = g.node(`${name}.scale`, "Gather", [scaleTable, ids], { axis: 0 });
  g.node(name, "Mul", [floats, scale]);
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
