import { GraphBuilder } from "../onnx/graph-builder.ts";
import { DataType, type GraphProto, type ModelProto } from "../onnx/proto.ts";
import { floatsOf, int8Tensor } from "../onnx/tensors.ts";
import { roundEven } from "../quantization/linear-quantizer.ts";

/**
 * Pass `quantized-embeddings`: a float32 table read by `Gather` becomes int8 with one scale per row (token). Only the
 * rows that a batch needs are widened again.
 */
export function quantizeEmbeddings(model: ModelProto): ModelProto {
  const graph: GraphProto = {
    ...model.graph,
    node: [...model.graph.node],
    initializer: [...model.graph.initializer],
  };
  for (const gather of graph.node.filter((n) => n.opType === "Gather")) {
    const table = graph.initializer.find((t) => t.name === gather.input[0]);
    if (table?.dataType !== DataType.FLOAT || table.dims.length !== 2) continue;
    const [rows, width] = table.dims as [number, number];
    const { values, scales } = quantizeRows(floatsOf(table), rows, width);
    const g = new GraphBuilder(table.name);
    const name = gather.output[0]!;
    const ids = gather.input[1]!;
    g.initializer(int8Tensor(`${table.name}.int8`, [rows, width], values));
    g.floats(`${table.name}.int8_scale`, [rows, 1], scales);
    const integers = g.node(`${name}.int8`, "Gather", [`${table.name}.int8`, ids], { axis: 0 });
    const floats = g.cast(`${name}.float`, integers, DataType.FLOAT);
    const scale = g.node(`${name}.scale`, "Gather", [`${table.name}.int8_scale`, ids], { axis: 0 });
    g.node(name, "Mul", [floats, scale]);
    graph.node.splice(graph.node.indexOf(gather), 1, ...g.graph.node);
    graph.initializer = [...graph.initializer.filter((t) => t !== table), ...g.graph.initializer];
  }
  return { ...model, graph };
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
