import { describe, expect, test } from "vitest";
import { InferenceSession, Tensor } from "../../../src/encoder/onnx-runtime.ts";
import { modelBytes } from "../../../src/optimizer/onnx/model-file.ts";
import { DataType } from "../../../src/optimizer/onnx/proto.ts";
import { inferTypes } from "../../../src/optimizer/onnx/types/infer-types.ts";
import { applied } from "../support/passes.ts";

type Passes = [string, Record<string, unknown>?][];

const FUSED: Passes = [["onnx-conversion"], ["transformer-fusion"]];
const NAMES: Record<number, string> = {
  [DataType.FLOAT]: "float32",
  [DataType.UINT8]: "uint8",
  [DataType.INT8]: "int8",
  [DataType.INT32]: "int32",
  [DataType.INT64]: "int64",
  [DataType.FLOAT16]: "float16",
};

describe("inferred types are those that ONNX Runtime finds when it runs the graph", () => {
  test.each<[string, Passes]>([
    ["as converted", [["onnx-conversion"]]],
    ["in opset 14", [["onnx-conversion", { opset: 14 }]]],
    ["in opset 20", [["onnx-conversion", { opset: 20 }]]],
    ["fused", FUSED],
    [
      "fused for GPUs",
      [
        ["onnx-conversion"],
        [
          "transformer-fusion",
          { attention: "packed", skipLayerNorm: true, embedLayerNorm: true, biasGelu: true },
        ],
      ],
    ],
    ["in half precision", [...FUSED, ["mixed-precision", { force: true }]]],
    ["dynamic", [...FUSED, ["dynamic-int8"]]],
    ["QOperator", [...FUSED, ["static-int8"]]],
    ["QDQ", [...FUSED, ["static-int8", { format: "QDQ" }]]],
    ["fast", [...FUSED, ["smooth-quant"], ["fast-int8"], ["quantized-embeddings"]]],
    ["weights alone", [...FUSED, ["weight-only", { bits: 4, blockSize: 16 }]]],
  ])("%s", async (_, passes) => {
    const { model } = await applied("tiny-bert", passes);
    const types = inferTypes(model);
    // Everything that is made is an output, of the type that was inferred: ONNX Runtime checks the element types.
    const made = model.graph.node.flatMap((n) => n.output).filter((name) => types.has(name));
    const output = made.map((name) => ({
      name,
      elemType: types.get(name)!.elemType,
      shape: [...types.get(name)!.shape],
    }));
    const open = { ...model, graph: { ...model.graph, output } };
    const session = await InferenceSession.create(modelBytes(open), { graphOptimizationLevel: "disabled" });
    const [batch, sequence] = [3, 5];
    const ids = new BigInt64Array(batch * sequence).map((_v, i) => BigInt(i + 5));
    const mask = new BigInt64Array(ids.length).fill(1n);
    const shape = [batch, sequence];
    const outputs = await session.run({
      input_ids: new Tensor("int64", ids, shape),
      attention_mask: new Tensor("int64", mask, shape),
    });
    const lengths: Record<string, number> = { batch, sequence };
    expect(made.length).toBeGreaterThan(20);
    for (const name of made) {
      const { elemType, shape: inferred } = types.get(name)!;
      // EmbedLayerNormalization leaves its mask index out where it is given no mask.
      if (name.endsWith(".mask_index")) continue;
      expect([name, outputs[name]!.type, outputs[name]!.dims]).toEqual([
        name,
        NAMES[elemType],
        inferred.map((d) => (typeof d === "number" ? d : lengths[d])),
      ]);
    }
    await session.release();
  });
});
