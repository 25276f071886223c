import { nodeOf } from "../../onnx/graph-builder.ts";
import { GraphIndex } from "../../onnx/graph-index.ts";
import { GraphRewrite } from "../../onnx/graph-rewrite.ts";
import type { ModelProto, NodeProto } from "../../onnx/proto.ts";
import { floatsOf, madeFloatTensor } from "../../onnx/tensors.ts";
import { type LinearLayer, linearLayers } from "../linear-layers.ts";

/** `MultiHeadAttention` and its three projections become one `Attention` with a weight [from, 3 · to]. */
export function packAttention(model: ModelProto): ModelProto {
  const rewrite = new GraphRewrite(model);
  const index = new GraphIndex(model.graph);
  const layers = new Map(linearLayers(model.graph).map((layer) => [layer.name, layer]));
  for (const node of model.graph.node.filter((n) => n.opType === "MultiHeadAttention")) {
    const projections = node.input.slice(0, 3).map((name) => layers.get(name));
    const [query, key, value] = projections;
    if (!query || !key || !value || key.input !== query.input || value.input !== query.input) continue;
    if ([query, key, value].some((p) => index.consumers.get(p.name)!.length > 1)) continue;
    rewrite.replace(node, [packed(rewrite, node, [query, key, value])]);
  }
  return rewrite.finish();
}

function packed(rewrite: GraphRewrite, node: NodeProto, projections: readonly LinearLayer[]): NodeProto {
  const name = node.output[0]!;
  const [first] = projections as [LinearLayer];
  const [from, to] = first.weight.dims as [number, number];
  const weight = rewrite.set(
    madeFloatTensor(`${name}.qkv_weight`, [from, 3 * to], () => sideBySide(projections, from, to)),
  );
  const bias = rewrite.set(
    madeFloatTensor(`${name}.qkv_bias`, [3 * to], () => {
      const out = new Float32Array(3 * to);
      for (const [i, { bias }] of projections.entries()) out.set(floatsOf(bias), i * to);
      return out;
    }),
  );
  const fused = nodeOf(name, "com.microsoft:Attention", [first.input, weight, bias, node.input[4]!]);
  return { ...fused, attribute: node.attribute };
}

function sideBySide(projections: readonly LinearLayer[], from: number, to: number): Float32Array {
  const out = new Float32Array(from * 3 * to);
  for (const [i, { weight }] of projections.entries()) {
    const values = floatsOf(weight);
    for (let row = 0; row < from; row++)
      out.set(values.subarray(row * to, (row + 1) * to), row * 3 * to + i * to);
  }
  return out;
}
