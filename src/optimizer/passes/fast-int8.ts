import { GraphBuilder } from "../onnx/graph-builder.ts";
import { prune } from "../onnx/graph-index.ts";
import type { GraphProto, ModelProto, NodeProto } from "../onnx/proto.ts";
import { floatsOf, int8Tensor, uint8Tensor } from "../onnx/tensors.ts";
import type { LinearPlan } from "../quantization/linear-plan.ts";
import { linearLayers } from "./linear-layers.ts";

/**
 * Pass `fast-int8`: every planned linear layer becomes `QuantizeLinear` (uint8) and `MatMulIntegerToFloat` with the
 * bias inside; layers that read the same input share its quantization. Activation scales are fixed, so a string's
 * vector does not depend on its batch mates, and outputs stay float32.
 */
export function fastInt8(model: ModelProto, plan: ReadonlyMap<string, LinearPlan>): ModelProto {
  const graph: GraphProto = {
    ...model.graph,
    node: [...model.graph.node],
    initializer: [...model.graph.initializer],
  };
  const quantizedInputs = new Map<string, string>();
  for (const layer of linearLayers(graph)) {
    const planned = plan.get(layer.name);
    if (!planned) continue;
    const g = new GraphBuilder(layer.name);
    const key = `${layer.input} ${planned.group}`;
    let input = quantizedInputs.get(key);
    if (input === undefined) {
      input = quantizeInput(g, layer.input, planned);
      quantizedInputs.set(key, input);
    }
    integerMatMul(g, layer.name, input, floatsOf(layer.bias), planned);
    graph.initializer.push(...g.graph.initializer);
    insertBefore(graph, layer.matmul, g.graph.node);
    graph.node = graph.node.filter((n) => n !== layer.matmul && n !== layer.add);
  }
  prune(graph);
  return { ...model, graph };
}

function quantizeInput(g: GraphBuilder, input: string, planned: LinearPlan): string {
  const prefix = `${planned.group}.input`;
  const { scale, zeroPoint } = planned.input;
  g.scalar(`${prefix}.scale`, scale);
  g.initializer(uint8Tensor(`${prefix}.zero_point`, [], Uint8Array.of(zeroPoint)));
  let value = input;
  if (planned.smoothing) {
    const inverse = planned.smoothing.map((s) => 1 / s);
    value = g.node(`${prefix}.smoothed`, "Mul", [
      input,
      g.floats(`${prefix}.smoothing`, [inverse.length], inverse),
    ]);
  }
  return g.node(`${prefix}.uint8`, "QuantizeLinear", [value, `${prefix}.scale`, `${prefix}.zero_point`]);
}

function integerMatMul(
  g: GraphBuilder,
  name: string,
  input: string,
  bias: Float32Array,
  planned: LinearPlan,
): void {
  const { values, scales } = planned.weight;
  const from = values.length / scales.length;
  const prefix = `${planned.group}.input`;
  g.initializer(int8Tensor(`${name}.int8`, [from, scales.length], values));
  g.floats(`${name}.int8_scale`, [scales.length], scales);
  g.initializer(int8Tensor(`${name}.int8_zero`, [scales.length], new Int8Array(scales.length)));
  g.floats(`${name}.int8_bias`, [bias.length], planned.bias ?? bias);
  const inputs = [
    `${name}.int8`,
    `${prefix}.scale`,
    `${name}.int8_scale`,
    `${prefix}.zero_point`,
    `${name}.int8_zero`,
  ];
  g.node(name, "com.microsoft:MatMulIntegerToFloat", [input, ...inputs, `${name}.int8_bias`]);
}

function insertBefore(graph: GraphProto, anchor: NodeProto, nodes: NodeProto[]): void {
  graph.node.splice(graph.node.indexOf(anchor), 0, ...nodes);
}
