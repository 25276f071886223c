import { nodeOf } from "../../onnx/graph-builder.ts";
import { GraphIndex } from "../../onnx/graph-index.ts";
import { GraphRewrite } from "../../onnx/graph-rewrite.ts";
import type { ModelProto } from "../../onnx/proto.ts";

/** The bias of a linear layer and the GELU after it become one `BiasGelu`. */
export function fuseBiasGelu(model: ModelProto): ModelProto {
  const rewrite = new GraphRewrite(model);
  const index = new GraphIndex(model.graph);
  for (const gelu of model.graph.node.filter((n) => n.opType === "Gelu")) {
    const add = index.producer(gelu.input[0], "Add");
    if (!add || index.consumers.get(add.output[0]!)!.length > 1) continue;
    const bias = add.input.find((name) => index.initializers.get(name)?.dims.length === 1);
    if (bias === undefined) continue;
    const inputs = [GraphIndex.otherInput(add, bias), bias];
    rewrite.replace(gelu, [nodeOf(gelu.output[0]!, "com.microsoft:BiasGelu", inputs)]);
  }
  return rewrite.finish();
}
