import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { weightBytes } from "../../../src/optimizer/onnx/model-file.ts";
import { DataType, opsetOf } from "../../../src/optimizer/onnx/proto.ts";
import { PASSES } from "../../../src/optimizer/passes/catalogue.ts";
import { applied, golden, leastCosine, vectorsOf } from "../support/passes.ts";

type Passes = [string, Record<string, unknown>?][];

const CONVERT: Passes = [["onnx-conversion"]];
const FUSED: Passes = [["onnx-conversion"], ["transformer-fusion"]];
const GPU = {
  target: {
    provider: "cuda",
    cpu: { model: "", architecture: "x64", cores: 1, instructions: [], exactInt8: true },
  },
} as const;

describe.each(["tiny-bert", "tiny-xlmr"] as const)(
  "a float graph of %s gives the reference's vectors",
  (checkpoint) => {
    const reference = golden(checkpoint);
    const sequences = reference.map(({ ids }) => ids);

    test.each<[string, Passes, number]>([
      ["as converted", CONVERT, 0.99999],
      ["in opset 14, as in the paper", [["onnx-conversion", { opset: 14 }]], 0.99999],
      ["in opset 18", [["onnx-conversion", { opset: 18 }]], 0.99999],
      ["in opset 20", [["onnx-conversion", { opset: 20 }]], 0.99999],
      ["fused for CPUs", FUSED, 0.99999],
      ["fused from opset 14", [["onnx-conversion", { opset: 14 }], ["transformer-fusion"]], 0.99999],
      [
        "fused for GPUs",
        [
          ["onnx-conversion"],
          [
            "transformer-fusion",
            { attention: "packed", skipLayerNorm: true, embedLayerNorm: true, biasGelu: true },
          ],
        ],
        0.99999,
      ],
      ["smoothed, unfused", [...CONVERT, ["smooth-quant", { alpha: 0.5 }]], 0.99999],
      [
        "smoothed, with factors in the values' projection",
        [...FUSED, ["smooth-quant", { alpha: 0.5 }]],
        0.99999,
      ],
      ["smoothed without that", [...FUSED, ["smooth-quant", { alpha: 0.9, foldValues: false }]], 0.99999],
      ["smoothed by a search", [...FUSED, ["smooth-quant"]], 0.99999],
      ["in half precision", [...FUSED, ["mixed-precision", { force: true }]], 0.9999],
      [
        "in half precision, fused for GPUs",
        [
          ["onnx-conversion"],
          [
            "transformer-fusion",
            { attention: "packed", skipLayerNorm: true, embedLayerNorm: true, biasGelu: true },
          ],
          ["mixed-precision", { force: true }],
        ],
        0.9999,
      ],
      [
        "in half precision, layer norms in single",
        [...FUSED, ["mixed-precision", { force: true, keepFloat: ["LayerNormalization"] }]],
        0.9999,
      ],
      ["with words and positions in 16 bits", [...FUSED, ["quantized-embeddings", { bits: 16 }]], 0.99999],
      ["with words and positions in 8 bits", [...FUSED, ["quantized-embeddings"]], 0.999],
      [
        "with words and positions in 8 bits before norms are fused with sums",
        [...CONVERT, ["quantized-embeddings"], ["transformer-fusion", { skipLayerNorm: true }]],
        0.999,
      ],
    ])("%s", async (_, passes, least) => {
      const { model } = await applied(checkpoint, passes);
      expect(
        leastCosine(
          reference.map((g) => g.mean),
          await vectorsOf(model, sequences),
        ),
      ).toBeGreaterThan(least);
    });

    test("for the first token as for the mean", async () => {
      const { model } = await applied(checkpoint, FUSED, { pooling: "cls" });
      expect(
        leastCosine(
          reference.map((g) => g.cls),
          await vectorsOf(model, sequences),
        ),
      ).toBeGreaterThan(0.99999);
    });

    test.each<[string, Passes, number]>([
      ["dynamic, per channel", [...FUSED, ["dynamic-int8"]], 0.98],
      ["dynamic, per tensor", [...FUSED, ["dynamic-int8", { perChannel: false }]], 0.97],
      ["static, QOperator", [...FUSED, ["static-int8"]], 0.97],
      [
        "static, QOperator, percentile, per tensor",
        [...FUSED, ["static-int8", { range: "percentile", perChannel: false }]],
        0.95,
      ],
      ["static, QDQ", [...FUSED, ["static-int8", { format: "QDQ" }]], 0.97],
      [
        "static, QDQ, symmetric, of an unfused graph",
        [...CONVERT, ["static-int8", { format: "QDQ", symmetric: true }]],
        0.95,
      ],
      ["fast, without any search", [...FUSED, ["fast-int8", { clip: 1, correctBias: false }]], 0.97],
      ["fast, with clips and biases", [...FUSED, ["fast-int8"]], 0.98],
      ["fast, smoothed", [...FUSED, ["smooth-quant"], ["fast-int8"]], 0.98],
      ["fast, of an unfused graph", [...CONVERT, ["fast-int8"]], 0.98],
      ["weights alone, 8 bits", [...FUSED, ["weight-only", { blockSize: 32 }]], 0.99],
      ["weights alone, 8 bits, blocks longer than the input", [...FUSED, ["weight-only"]], 0.99],
      ["weights alone, 4 bits", [...FUSED, ["weight-only", { bits: 4, blockSize: 16 }]], 0.85],
    ])("nearly, in 8 bits: %s", async (_, passes, least) => {
      const { model } = await applied(checkpoint, passes);
      expect(
        leastCosine(
          reference.map((g) => g.mean),
          await vectorsOf(model, sequences),
        ),
      ).toBeGreaterThan(least);
    });
  },
);

describe("a graph", () => {
  test("shrinks to a quarter in 8 bits", async () => {
    const float = await applied("tiny-bert", FUSED);
    const int8 = await applied("tiny-bert", [...FUSED, ["fast-int8"], ["quantized-embeddings"]]);
    // The tiny encoder's scales and norms weigh more, beside its matrices, than a real one's.
    expect(weightBytes(int8.model) / weightBytes(float.model)).toBeLessThan(0.42);
    // What is left in 32 bits is by row or by column: scales, biases and norms.
    const floats = int8.model.graph.initializer.filter(({ dataType }) => dataType === DataType.FLOAT);
    expect(floats.filter(({ dims }) => dims.filter((dim) => dim > 1).length > 1)).toEqual([]);
  });

  test("has the operators that its provider is fast with", async () => {
    const types = async (passes: Passes, context = {}): Promise<Set<string>> =>
      new Set((await applied("tiny-bert", passes, context)).model.graph.node.map((n) => n.opType));
    const cpu = await types(FUSED);
    expect(cpu).toContain("MultiHeadAttention");
    expect(cpu).not.toContain("SkipLayerNormalization");
    const cuda = await types(FUSED, GPU);
    expect([...cuda]).toEqual(
      expect.arrayContaining(["EmbedLayerNormalization", "Attention", "SkipLayerNormalization", "BiasGelu"]),
    );
    const fourteen = await applied("tiny-bert", [["onnx-conversion", { opset: 14 }]]);
    expect(opsetOf(fourteen.model)).toBe(14);
    expect(fourteen.model.graph.node.some((n) => n.opType === "LayerNormalization")).toBe(false);
    const int8 = await types([...FUSED, ["fast-int8"]]);
    expect(int8).not.toContain("MatMul");
    const qoperator = await types([...FUSED, ["static-int8"]]);
    expect(qoperator).toContain("QLinearMatMul");
  });

  test("says that it has 8-bit weights, for no CPU to run it that would get other sums", async () => {
    const exact = { target: { ...GPU.target, provider: "cpu" } } as const;
    for (const pass of ["fast-int8", "static-int8", "dynamic-int8"]) {
      const fine = await applied(
        "tiny-bert",
        [...FUSED, [pass, { weightLimit: 127 }], ["session-tuning"]],
        exact,
      );
      expect(fine.session.exactInt8).toBe(true);
      expect((await applied("tiny-bert", [...FUSED, [pass]], exact)).session.exactInt8).toBeUndefined();
    }
  });

  test("that was given stays as it was", async () => {
    const { model } = await applied("tiny-bert", FUSED);
    const before = JSON.stringify(model.graph.node, (_, v) => (typeof v === "bigint" ? String(v) : v));
    for (const pass of PASSES) {
      if (pass.name === "onnx-conversion") continue;
      await applied("tiny-bert", [
        ...FUSED,
        [pass.name, pass.name === "mixed-precision" ? { force: true } : {}],
      ]);
    }
    expect(JSON.stringify(model.graph.node, (_, v) => (typeof v === "bigint" ? String(v) : v))).toBe(before);
  });

  test("is the same whenever it is made", async () => {
    const passes: Passes = [...FUSED, ["smooth-quant"], ["fast-int8"], ["quantized-embeddings"]];
    const [a, b] = [await applied("tiny-bert", passes), await applied("tiny-bert", passes)];
    const bytes = (piece: typeof a): string[] =>
      piece.model.graph.initializer.map((t) => `${t.name} ${Buffer.from(t.data.bytes()).toString("base64")}`);
    expect(bytes(a)).toEqual(bytes(b));
  });
});

describe("a pass refuses what makes no sense", () => {
  test.each<[string, Passes, RegExp, object?]>([
    ["float16 for CPUs", [...FUSED, ["mixed-precision"]], /CPUs have no float16/],
    [
      "float16 for TensorRT",
      [...CONVERT, ["mixed-precision"]],
      /TensorRT chooses/,
      { target: { ...GPU.target, provider: "tensorrt" } },
    ],
    ["fusion for TensorRT", FUSED, /tensorrt/, { target: { ...GPU.target, provider: "tensorrt" } }],
    ["8-bit weights where they saturate", [...FUSED, ["fast-int8", { weightLimit: 127 }]], /saturate/],
    ["U8S8 on a GPU", [...FUSED, ["fast-int8"]], /cuda/, GPU],
    [
      "smoothing of packed projections",
      [["onnx-conversion"], ["transformer-fusion", { attention: "packed" }], ["smooth-quant"]],
      /packed/,
    ],
    ["int8 activations in QLinearMatMul", [...FUSED, ["static-int8", { symmetric: true }]], /slow on CPUs/],
    [
      "a parameter that it does not have",
      [["onnx-conversion", { speed: 11 }]],
      /pass onnx-conversion.*speed/,
    ],
    [
      "a value that a parameter can't have",
      [...FUSED, ["weight-only", { bits: 5 }]],
      /pass weight-only\.bits/,
    ],
    [
      "a model too far from float32",
      [...FUSED, ["weight-only", { bits: 4 }], ["discrepancy-check", { minCosine: 0.9999 }]],
      /below 0.9999/,
    ],
  ])("%s", async (_, passes, message, context) => {
    await expect(applied("tiny-bert", passes, context ?? {})).rejects.toThrow(message);
  });

  test("and lets a model through that is near enough", async () => {
    const passes: Passes = [
      ...FUSED,
      ["fast-int8"],
      ["discrepancy-check", { minCosine: 0.9 }],
      ["session-tuning", { tokenBudget: 512 }],
    ];
    expect((await applied("tiny-bert", passes)).session).toMatchObject({ tokenBudget: 512 });
  });
});

test("every pass says what it does, and is documented where it is declared", () => {
  for (const pass of PASSES) {
    expect(pass.description.length).toBeGreaterThan(20);
    const source = readFileSync(join("src", "optimizer", "passes", `${pass.name}.ts`), "utf8");
    expect(source).toContain(`Pass \`${pass.name}\``);
  }
});
