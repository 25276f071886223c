import { nodeOf } from "../../onnx/graph-builder.ts";
import { GraphIndex } from "../../onnx/graph-index.ts";
import { GraphRewrite } from "../../onnx/graph-rewrite.ts";
import { type ModelProto, type NodeProto, opsetOf } from "../../onnx/proto.ts";
import { floatsOf } from "../../onnx/tensors.ts";

// The first opset that has the operator. The operators that encoders use mean the same from 14 to 17.
const LAYER_NORM_OPSET = 17;

/** The nine nodes of a layer norm before opset 17 become one `LayerNormalization`, and the opset 17. */
export function fuseLayerNorm(model: ModelProto): ModelProto {
  const rewrite = new GraphRewrite(model);
  const index = new GraphIndex(model.graph);
  for (const root of model.graph.node.filter((n) => n.opType === "Sqrt")) {
    const found = layerNormAround(index, root);
    if (found) rewrite.replace(found.last, [found.fused]);
  }
  if (opsetOf(model) >= LAYER_NORM_OPSET) return rewrite.finish();
  const opsetImport = model.opsetImport.map((o) =>
    o.domain === "" ? { ...o, version: LAYER_NORM_OPSET } : o,
  );
  return rewrite.finish({ opsetImport });
}

function layerNormAround(
  index: GraphIndex,
  root: NodeProto,
): { fused: NodeProto; last: NodeProto } | undefined {
  const shifted = index.producer(root.input[0], "Add");
  const epsilon = shifted && index.initializers.get(shifted.input[1]!);
  const variance = index.producer(shifted?.input[0], "ReduceMean");
  const square = index.producer(variance?.input[0], "Mul");
  const centred = index.producer(square?.input[0], "Sub");
  const normal = index.soleConsumer(root.output[0]!, "Div");
  const scaled = normal && index.soleConsumer(normal.output[0]!, "Mul");
  const added = scaled && index.soleConsumer(scaled.output[0]!, "Add");
  if (!epsilon || !centred || !added) return undefined;
  const gamma = GraphIndex.otherInput(scaled, normal.output[0]!);
  const beta = GraphIndex.otherInput(added, scaled.output[0]!);
  if (!index.initializers.has(gamma) || !index.initializers.has(beta)) return undefined;
  const attributes = { axis: -1, epsilon: { float: floatsOf(epsilon)[0]! } };
  const inputs = [centred.input[0]!, gamma, beta];
  return { fused: nodeOf(added.output[0]!, "LayerNormalization", inputs, attributes), last: added };
}
