import { z } from "zod";
import { tokenBatches } from "../../encoder/token-batches.ts";
import type { ModelProto } from "../onnx/proto.ts";
import { feedsOf, RunningModel } from "../onnx/running-model.ts";
import { definePass } from "./pass.ts";

/** What a discrepancy check found: the search counts such a candidate as failed and goes on. */
export class DiscrepancyError extends Error {
  override name = "DiscrepancyError";
}

/** Pass `discrepancy-check`: the model stays as it is, or is refused where its vectors are too far from float32. */
export const discrepancyCheck = definePass({
  name: "discrepancy-check",
  description: "refuses a model whose vectors are too far from those of the float32 graph",
  parameters: z.strictObject({
    /** Least cosine between a vector and that of the float32 graph, over the calibration strings. */
    minCosine: z.number().min(-1).max(1).default(0.9),
    /** Calibration strings that are compared. */
    strings: z.int().positive().default(64),
  }),
  search: {},
  usesCalibration: true,
  apply: async (piece, { minCosine, strings }, { calibration, reference, workspace }) => {
    if (!reference)
      throw new Error("discrepancy-check needs a graph to compare with: put onnx-conversion first");
    const step = Math.max(1, Math.floor(calibration.length / strings));
    const sequences = calibration.filter((_, i) => i % step === 0).slice(0, strings);
    const expected = await vectorsOf(reference, sequences, workspace);
    const found = await vectorsOf(piece.model, sequences, workspace);
    const worst = Math.min(...expected.map((vector, i) => dot(vector, found[i]!)));
    if (!(worst >= minCosine))
      throw new DiscrepancyError(`a vector has cosine ${worst.toFixed(4)} to float32, below ${minCosine}`);
    return piece;
  },
});

async function vectorsOf(
  model: ModelProto,
  sequences: readonly (readonly number[])[],
  workspace: string,
): Promise<Float32Array[]> {
  await using running = await RunningModel.open(model, workspace);
  const vectors: Float32Array[] = [];
  for (const { sequences: batch, inputs } of tokenBatches(sequences, 256)) {
    const { sentence_embedding: output } = await running.run(feedsOf(batch), ["sentence_embedding"]);
    const width = output!.length / batch.length;
    for (const [row, positions] of inputs.entries()) {
      for (const position of positions) vectors[position] = output!.slice(row * width, (row + 1) * width);
    }
  }
  return vectors;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
