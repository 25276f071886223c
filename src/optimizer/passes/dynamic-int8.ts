import { z } from "zod";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { GraphRewrite } from "../onnx/graph-rewrite.ts";
import { DataType } from "../onnx/proto.ts";
import { floatsOf, int8Tensor } from "../onnx/tensors.ts";
import { quantizeWeight } from "../quantization/linear-quantizer.ts";
import { type LinearLayer, layersByInput, widthsOf } from "./linear-layers.ts";
import { definePass } from "./pass.ts";
import { refusedLimit, refusedProvider, sessionFor, weightLimit } from "./quantization-parameters.ts";

/**
 * Pass `dynamic-int8`: what ONNX Runtime's own dynamic quantizer and the paper's recipe give. Activations get a scale
 * when they come, one for a whole batch: a string's vector depends on its batch mates, so that an index made with it
 * can't be made again. Here for comparison, and for batches of one.
 */
export const dynamicInt8 = definePass({
  name: "dynamic-int8",
  description:
    "linear layers in MatMulInteger with one activation scale per batch (vectors depend on batch mates)",
  parameters: z.strictObject({ weightLimit, perChannel: z.boolean().default(true) }),
  search: { perChannel: [true, false] },
  usesCalibration: false,
  refuses: ({ weightLimit: limit }, target) =>
    refusedProvider("dynamic-int8", target) ?? refusedLimit(limit, target),
  apply: (piece, { weightLimit: limit, perChannel }, { target }) => {
    const rewrite = new GraphRewrite(piece.model);
    for (const [input, layers] of layersByInput(piece.model.graph)) {
      const [first] = layers as [LinearLayer];
      const prefix = `${first.name}.input`;
      const output = [`${prefix}.uint8`, `${prefix}.scale`, `${prefix}.zero_point`];
      const quantizer = { name: output[0]!, opType: "DynamicQuantizeLinear", domain: "", attribute: [] };
      rewrite.insertBefore(first.matmul, [{ ...quantizer, input: [input], output }]);
      for (const layer of layers) replaceLayer(rewrite, layer, output, { limit, perChannel });
    }
    return { model: rewrite.finish(), session: sessionFor(limit, piece.session, target) };
  },
});

function replaceLayer(
  rewrite: GraphRewrite,
  layer: LinearLayer,
  [integers, scale, zeroPoint]: readonly string[],
  scheme: { limit: number; perChannel: boolean },
): void {
  const { name } = layer;
  const { from, to } = widthsOf(layer);
  const { values, scales } = quantizeWeight(floatsOf(layer.weight), to, scheme);
  const g = new GraphBuilder(name);
  const weight = g.initializer(int8Tensor(`${name}.int8`, [from, to], values));
  const weightScale = g.floats(`${name}.int8_scale`, scales.length === 1 ? [] : [to], scales);
  const sums = g.node(`${name}.sums`, "MatMulInteger", [integers!, weight, zeroPoint!]);
  const floats = g.cast(`${name}.float`, sums, DataType.FLOAT);
  const steps = g.node(`${name}.step`, "Mul", [scale!, weightScale]);
  const product = g.node(`${name}.product`, "Mul", [floats, steps]);
  g.node(name, "Add", [product, layer.bias.name]);
  rewrite.replace(layer.add, g.graph.node);
  rewrite.remove([layer.matmul]);
  rewrite.setAll(g.graph.initializer);
}
