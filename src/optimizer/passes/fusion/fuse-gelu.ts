import { nodeOf } from "../../onnx/graph-builder.ts";
import { GraphIndex } from "../../onnx/graph-index.ts";
import { GraphRewrite } from "../../onnx/graph-rewrite.ts";
import type { ModelProto, NodeProto } from "../../onnx/proto.ts";

/** The five nodes of the exact GELU become one `Gelu`. */
export function fuseGelu(model: ModelProto): ModelProto {
  const rewrite = new GraphRewrite(model);
  const index = new GraphIndex(model.graph);
  for (const erf of model.graph.node.filter((n) => n.opType === "Erf")) {
    const found = geluAround(index, erf);
    if (found)
      rewrite.replace(found.last, [nodeOf(found.last.output[0]!, "com.microsoft:Gelu", [found.input])]);
  }
  return rewrite.finish();
}

function geluAround(index: GraphIndex, erf: NodeProto): { input: string; last: NodeProto } | undefined {
  const scaled = index.producer(erf.input[0], "Div");
  const shifted = index.soleConsumer(erf.output[0]!, "Add");
  const product = shifted && index.soleConsumer(shifted.output[0]!, "Mul");
  const halved = product && index.soleConsumer(product.output[0]!, "Mul");
  const input = scaled?.input[0];
  return halved && input !== undefined && product.input.includes(input) ? { input, last: halved } : undefined;
}
