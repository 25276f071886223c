import { nodeOf } from "../../onnx/graph-builder.ts";
import { GraphIndex } from "../../onnx/graph-index.ts";
import { GraphRewrite } from "../../onnx/graph-rewrite.ts";
import type { ModelProto } from "../../onnx/proto.ts";

/** A residual sum and its layer norm become one `SkipLayerNormalization`. */
export function fuseSkipLayerNorm(model: ModelProto): ModelProto {
  const rewrite = new GraphRewrite(model);
  const index = new GraphIndex(model.graph);
  for (const norm of model.graph.node.filter((n) => n.opType === "LayerNormalization")) {
    const sum = index.producer(norm.input[0], "Add");
    // A constant beside the sum is a bias, and a slice a table of positions: neither is a residual of this shape.
    if (!sum || index.consumers.get(sum.output[0]!)!.length > 1) continue;
    if (sum.input.some((name) => index.initializers.has(name) || index.producer(name, "Slice"))) continue;
    const inputs = [sum.input[0]!, sum.input[1]!, norm.input[1]!, norm.input[2]!];
    const fused = nodeOf(norm.output[0]!, "com.microsoft:SkipLayerNormalization", inputs);
    const attribute = norm.attribute.filter((a) => a.name === "epsilon");
    rewrite.replace(norm, [{ ...fused, attribute }]);
  }
  return rewrite.finish();
}
