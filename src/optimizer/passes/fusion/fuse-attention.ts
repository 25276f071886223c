import { nodeOf } from "../../onnx/graph-builder.ts";
import { GraphIndex } from "../../onnx/graph-index.ts";
import { GraphRewrite } from "../../onnx/graph-rewrite.ts";
import { DataType, type ModelProto, type NodeProto } from "../../onnx/proto.ts";
import { floatsOf, integersOf } from "../../onnx/tensors.ts";

/** Scores, mask, softmax and the weighing of values become one `MultiHeadAttention`. */
export function fuseAttention(model: ModelProto): ModelProto {
  const rewrite = new GraphRewrite(model);
  const index = new GraphIndex(model.graph);
  const masks = new Set<string>();
  for (const softmax of model.graph.node.filter((n) => n.opType === "Softmax")) {
    const found = attentionAround(index, softmax);
    if (!found) continue;
    masks.add(found.mask);
    rewrite.replace(found.last, [found.fused]);
  }
  // The mask is int32 [batch, sequence]: an additive bias may not be broadcast on CPUs.
  rewrite.insertFirst(
    [...masks].map((mask) => nodeOf(keyPaddingMask(mask), "Cast", [mask], { to: DataType.INT32 })),
  );
  return rewrite.finish();
}

interface Attention {
  fused: NodeProto;
  /** The node whose output the fused one makes. */
  last: NodeProto;
  mask: string;
}

function attentionAround(index: GraphIndex, softmax: NodeProto): Attention | undefined {
  const biased = index.producer(softmax.input[0], "Add");
  const scaled = index.producer(biased?.input[0], "Mul");
  const scores = index.producer(scaled?.input[0], "MatMul");
  const context = index.soleConsumer(softmax.output[0]!, "MatMul");
  const ordered = context && index.soleConsumer(context.output[0]!, "Transpose");
  const joined = ordered && index.soleConsumer(ordered.output[0]!, "Reshape");
  const scale = scaled && index.initializers.get(scaled.input[1]!);
  if (!biased || !scores || !context || !joined || !scale) return undefined;
  const split = (value: string | undefined): NodeProto | undefined =>
    index.producer(index.producer(value, "Transpose")?.input[0], "Reshape");
  const [query, key, value] = [split(scores.input[0]), split(scores.input[1]), split(context.input[1])];
  const shape = query && index.initializers.get(query.input[1]!);
  const mask = maskBehind(index, biased.input[1]);
  if (!query || !key || !value || !shape || mask === undefined) return undefined;
  const inputs = [query.input[0]!, key.input[0]!, value.input[0]!, "", keyPaddingMask(mask)];
  const numHeads = integersOf(shape)[2]!;
  const attributes = { num_heads: numHeads, scale: { float: floatsOf(scale)[0]! } };
  const fused = nodeOf(joined.output[0]!, "com.microsoft:MultiHeadAttention", inputs, attributes);
  return { fused, last: joined, mask };
}

/** The 0/1 mask behind an additive attention bias `(1 - mask) · constant`. */
function maskBehind(index: GraphIndex, bias: string | undefined): string | undefined {
  const scaled = index.producer(index.producer(bias, "Unsqueeze")?.input[0], "Mul");
  const padding = index.producer(scaled?.input[0], "Sub");
  return index.producer(padding?.input[1], "Cast")?.input[0];
}

function keyPaddingMask(mask: string): string {
  return `${mask}.int32`;
}
