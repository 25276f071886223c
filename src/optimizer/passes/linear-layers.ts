import { GraphIndex } from "../onnx/graph-index.ts";
import type { GraphProto, NodeProto, TensorProto } from "../onnx/proto.ts";

/** A fully connected layer of the graph: `output = input · weight + bias`. */
export interface LinearLayer {
  /** Name of the layer and of its output. */
  name: string;
  input: string;
  /** float32 [from, to]. */
  weight: TensorProto;
  /** float32 [to]. */
  bias: TensorProto;
  matmul: NodeProto;
  add: NodeProto;
}

/** Finds every `Add(MatMul(x, constant), constant)`. */
export function linearLayers(graph: GraphProto): LinearLayer[] {
  const index = new GraphIndex(graph);
  const found: LinearLayer[] = [];
  for (const matmul of graph.node) {
    const weight = matmul.opType === "MatMul" ? index.initializers.get(matmul.input[1]!) : undefined;
    const add = weight && index.soleConsumer(matmul.output[0]!, "Add");
    const bias = add && index.initializers.get(GraphIndex.otherInput(add, matmul.output[0]!));
    if (weight && add && bias)
      found.push({ name: add.output[0]!, input: matmul.input[0]!, weight, bias, matmul, add });
  }
  return found;
}

/** Layers that read the same value share its quantization; in the order in which they run. */
export function layersByInput(graph: GraphProto): Map<string, LinearLayer[]> {
  return Map.groupBy(linearLayers(graph), (layer) => layer.input);
}

/** Input and output width of a layer. */
export function widthsOf({ weight }: LinearLayer): { from: number; to: number } {
  const [from, to] = weight.dims as [number, number];
  return { from, to };
}
