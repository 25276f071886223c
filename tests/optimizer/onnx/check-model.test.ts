import { describe, expect, test } from "vitest";
import { checkModel } from "../../../src/optimizer/onnx/check-model.ts";
import { nodeOf } from "../../../src/optimizer/onnx/graph-builder.ts";
import type { GraphProto, ModelProto, NodeProto } from "../../../src/optimizer/onnx/proto.ts";
import { floatTensor } from "../../../src/optimizer/onnx/tensors.ts";
import { applied } from "../support/passes.ts";

const { model } = await applied("tiny-bert", [["onnx-conversion"], ["transformer-fusion"]]);

function changed(
  change: (graph: GraphProto) => Partial<GraphProto>,
  rest: Partial<ModelProto> = {},
): ModelProto {
  return { ...model, ...rest, graph: { ...model.graph, ...change(model.graph) } };
}

/** The two products of the last layer, each with the other's weight. */
function swapped(node: NodeProto): NodeProto {
  const [wide, narrow] = ["intermediate", "output"].map((part) => `encoder.layer.1.${part}.dense.weight`);
  const other = (name: string): string => (name === wide ? narrow! : name === narrow ? wide! : name);
  return { ...node, input: node.input.map(other) };
}

describe("a wrong graph is met by what is wrong with it", () => {
  test("a whole one is not", () => checkModel(model));

  test.each<[string, ModelProto, RegExp]>([
    [
      "a value read before it is made",
      changed(({ node }) => ({ node: node.toReversed() })),
      /reads .* made by nothing before it/,
    ],
    ["a value made twice", changed(({ node }) => ({ node: [...node, node[0]!] })), /made twice/],
    [
      "a node nobody reads",
      changed(({ node }) => ({ node: [...node, nodeOf("idle", "Erf", ["sentence_embedding"])] })),
      /idle.*nobody reads/,
    ],
    [
      "an initializer nobody reads",
      changed(({ initializer }) => ({
        initializer: [...initializer, floatTensor("idle", [1], new Float32Array(1))],
      })),
      /initializer idle is read by nobody/,
    ],
    [
      "an initializer of the wrong length",
      changed(({ initializer }) => ({
        initializer: initializer.map((t, i) => (i ? t : { ...t, dims: [7] })),
      })),
      /bytes of 28/,
    ],
    [
      "an output that is made by nothing",
      changed(() => ({ output: [{ name: "x", elemType: 1, shape: [] }] })),
      /nobody reads|made by nothing/,
    ],
    [
      "an output of another shape",
      changed(({ output }) => ({ output: [{ ...output[0]!, shape: ["batch", 99] }] })),
      /declared as 1 \[batch,99\]/,
    ],
    [
      "a domain that is not imported",
      changed(() => ({}), { opsetImport: [{ domain: "", version: 17 }] }),
      /com\.microsoft, which is not imported/,
    ],
    [
      "an operator that encoders do not use",
      changed(({ node }) => ({
        node: node.map((n) => (n.opType === "Gelu" ? { ...n, opType: "Conv" } : n)),
      })),
      /Conv is not known/,
    ],
    [
      "widths that do not fit",
      changed(({ node }) => ({ node: node.map(swapped) })),
      /intermediate\.dense\.matmul.*times/,
    ],
  ])("%s", (_, wrong, message) => {
    expect(() => checkModel(wrong)).toThrow(message);
  });
});
