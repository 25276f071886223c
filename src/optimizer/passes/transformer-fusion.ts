import { attributes } from "../onnx/graph-builder.ts";
import { GraphIndex, prune } from "../onnx/graph-index.ts";
import { DataType, type GraphProto, type ModelProto, type NodeProto } from "../onnx/proto.ts";
import { floatsOf } from "../onnx/tensors.ts";

/**
 * Pass `transformer-fusion`: attention becomes one `MultiHeadAttention`, the five nodes of the exact GELU one `Gelu`
 * (both `com.microsoft`). `Add` and `LayerNormalization` stay apart: their fusion is slower on CPUs.
 */
export function fuseTransformer(model: ModelProto): ModelProto {
  const graph: GraphProto = { ...model.graph, node: [...model.graph.node] };
  const index = new GraphIndex(graph);
  graph.node.unshift(...keyPaddingMasks(index));
  for (const softmax of graph.node.filter((n) => n.opType === "Softmax"))
    replace(graph, fusedAttention(index, softmax));
  for (const erf of graph.node.filter((n) => n.opType === "Erf")) replace(graph, fusedGelu(index, erf));
  prune(graph);
  return { ...model, graph };
}

/** Puts a node where the node with the same output stood. */
function replace(graph: GraphProto, node: NodeProto | undefined): void {
  if (!node) return;
  graph.node = graph.node.map((old) => (old.output[0] === node.output[0] ? node : old));
}

function fusedAttention(index: GraphIndex, softmax: NodeProto): NodeProto | undefined {
  const biased = index.producer(softmax.input[0], "Add");
  const scaled = index.producer(biased?.input[0], "Mul");
  const scores = index.producer(scaled?.input[0], "MatMul");
  const context = index.soleConsumer(softmax.output[0]!, "MatMul");
  const ordered = context && index.soleConsumer(context.output[0]!, "Transpose");
  const joined = ordered && index.soleConsumer(ordered.output[0]!, "Reshape");
  const scale = scaled && index.initializers.get(scaled.input[1]!);
  if (!biased || !scores || !context || !joined || !scale) return undefined;
  const source = (value: string | undefined): NodeProto | undefined => {
    const transposed = index.producer(value, "Transpose");
    return index.producer(transposed?.input[0], "Reshape");
  };
  const [query, key, value] = [source(scores.input[0]), source(scores.input[1]), source(context.input[1])];
  const split = query && index.initializers.get(query.input[1]!);
  const mask = maskSource(index, biased.input[1]);
  if (!query || !key || !value || !split?.rawData || mask === undefined) return undefined;
  const heads = Number(new DataView(split.rawData.buffer, split.rawData.byteOffset).getBigInt64(16, true));
  return {
    name: joined.name,
    opType: "MultiHeadAttention",
    domain: "com.microsoft",
    input: [query.input[0]!, key.input[0]!, value.input[0]!, "", keyPaddingMask(mask)],
    output: joined.output,
    attribute: attributes({ num_heads: heads, scale: { float: floatsOf(scale)[0]! } }),
  };
}

/** The 0/1 mask behind an additive attention bias `(1 - mask) · constant`. */
function maskSource(index: GraphIndex, bias: string | undefined): string | undefined {
  const scaled = index.producer(index.producer(bias, "Unsqueeze")?.input[0], "Mul");
  const padding = index.producer(scaled?.input[0], "Sub");
  return index.producer(padding?.input[1], "Cast")?.input[0];
}

function keyPaddingMask(mask: string): string {
  return `${mask}.int32`;
}

/** `MultiHeadAttention` takes the mask as int32 [batch, sequence]; its additive bias may not be broadcast on CPU. */
function keyPaddingMasks(index: GraphIndex): NodeProto[] {
  const biases = [...index.producers.values()].filter((n) => n.opType === "Softmax");
  const sources = biases.map((softmax) =>
    maskSource(index, index.producer(softmax.input[0], "Add")?.input[1]),
  );
  return [...new Set(sources)].flatMap((mask) => {
    if (mask === undefined) return [];
    const name = keyPaddingMask(mask);
    const attribute = attributes({ to: DataType.INT32 });
    return [{ name, opType: "Cast", domain: "", input: [mask], output: [name], attribute }];
  });
}

function fusedGelu(index: GraphIndex, erf: NodeProto): NodeProto | undefined {
  const scaled = index.producer(erf.input[0], "Div");
  const shifted = index.soleConsumer(erf.output[0]!, "Add");
  const product = shifted && index.soleConsumer(shifted.output[0]!, "Mul");
  const halved = product && index.soleConsumer(product.output[0]!, "Mul");
  const input = scaled?.input[0];
  if (!halved || input === undefined || !product.input.includes(input)) return undefined;
  return {
    name: halved.name,
    opType: "Gelu",
    domain: "com.microsoft",
    input: [input],
    output: halved.output,
    attribute: [],
  };
}
