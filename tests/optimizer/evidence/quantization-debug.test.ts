import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { outlierRatio } from "../../../src/optimizer/evidence/debug-figures.ts";
import { QuantizationDebugger } from "../../../src/optimizer/evidence/quantization-debug.ts";
import type { ModelProto } from "../../../src/optimizer/onnx/proto.ts";
import { floatsOf, floatTensor } from "../../../src/optimizer/onnx/tensors.ts";
import { applied, golden } from "../support/passes.ts";

const SEQUENCES = golden("tiny-bert").map(({ ids }) => ids);
const looking = new QuantizationDebugger(SEQUENCES, mkdtempSync(join(tmpdir(), "termduet-debug-")));
const FLOAT = [["onnx-conversion"], ["transformer-fusion"]] as const;

/** The model with channel 3 of the embedding's layer norm made forty times larger: what outliers look like. */
function withOutlier(model: ModelProto): ModelProto {
  const initializer = model.graph.initializer.map((tensor) =>
    tensor.name === "embeddings.LayerNorm.weight"
      ? floatTensor(
          tensor.name,
          tensor.dims,
          floatsOf(tensor).map((value, i) => (i === 3 ? 40 * value : value)),
        )
      : tensor,
  );
  return { ...model, graph: { ...model.graph, initializer } };
}

test("a graph beside itself has no error, and one of four bits more than one of eight", async () => {
  const { model: float } = await applied("tiny-bert", FLOAT);
  expect((await looking.errors(float, float)).every(({ error }) => error === 0)).toBe(true);
  const of = async (bits: number): Promise<number[]> => {
    const { model } = await applied("tiny-bert", [...FLOAT, ["weight-only", { bits, blockSize: 32 }]]);
    return (await looking.errors(float, model)).map(({ error }) => error);
  };
  const [eight, four] = [await of(8), await of(4)];
  expect(eight.length).toBeGreaterThan(8);
  expect(Math.max(...eight)).toBeGreaterThan(0);
  expect(Math.max(...four)).toBeGreaterThan(3 * Math.max(...eight));
});

test("magnitudes before and after smoothing are those of the same input, and an outlier is gone", async () => {
  const { model: float } = await applied("tiny-bert", FLOAT);
  const { model: smoothed } = await applied("tiny-bert", [...FLOAT, ["smooth-quant", { alpha: 0.9 }]]);
  const inputs = await looking.smoothing(float, smoothed);
  // Query, key and value read one input: four inputs a layer.
  expect(inputs).toHaveLength(8);
  const spiked = await looking.smoothing(withOutlier(float), smoothed);
  expect(outlierRatio(spiked[0]!.before)).toBeGreaterThan(5 * outlierRatio(inputs[0]!.before));
  expect(inputs.every(({ before, after }) => before.length === after.length)).toBe(true);
  expect(outlierRatio(inputs[0]!.after)).toBeLessThan(outlierRatio(inputs[0]!.before));
});
