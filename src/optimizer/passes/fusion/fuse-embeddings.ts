import { nodeOf } from "../../onnx/graph-builder.ts";
import { GraphIndex } from "../../onnx/graph-index.ts";
import { GraphRewrite } from "../../onnx/graph-rewrite.ts";
import { DataType, type ModelProto } from "../../onnx/proto.ts";

/** The look-up of words and positions, their sum and its layer norm become one `EmbedLayerNormalization`. */
export function fuseEmbeddings(model: ModelProto): ModelProto {
  const rewrite = new GraphRewrite(model);
  const index = new GraphIndex(model.graph);
  for (const norm of model.graph.node.filter((n) => n.opType === "LayerNormalization")) {
    const sum = index.producer(norm.input[0], "Add");
    const words = index.producer(sum?.input[0], "Gather");
    const positions = index.producer(sum?.input[1], "Slice");
    const [ids, table] = [words?.input[1], positions?.input[0]];
    if (!words || ids === undefined || table === undefined || !index.initializers.has(table)) continue;
    const integers = nodeOf(`${ids}.int32`, "Cast", [ids], { to: DataType.INT32 });
    const inputs = [integers.name, "", words.input[0]!, table, "", norm.input[1]!, norm.input[2]!];
    const fused = nodeOf(norm.output[0]!, "com.microsoft:EmbedLayerNormalization", inputs);
    const attribute = norm.attribute.filter((a) => a.name === "epsilon");
    const output = [norm.output[0]!, `${norm.output[0]}.mask_index`];
    rewrite.replace(norm, [integers, { ...fused, attribute, output }]);
  }
  return rewrite.finish();
}
