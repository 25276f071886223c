import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuFeatures } from "../../../src/encoder/cpu-features.ts";
import { DEFAULT_SESSION_SETTINGS } from "../../../src/encoder/session-settings.ts";
import { Checkpoint } from "../../../src/optimizer/checkpoint/checkpoint.ts";
import { modelOf } from "../../../src/optimizer/onnx/graph-builder.ts";
import type { ModelProto } from "../../../src/optimizer/onnx/proto.ts";
import { feedsOf, RunningModel } from "../../../src/optimizer/onnx/running-model.ts";
import { refusal, runStep, stepOf } from "../../../src/optimizer/pass-step.ts";
import { passNamed } from "../../../src/optimizer/passes/catalogue.ts";
import type { PassContext, Workpiece } from "../../../src/optimizer/passes/pass.ts";
import { FIXTURES } from "../../support/tiny-encoders.ts";

/** Written by tests/fixtures/make_checkpoints.py with Transformers and PyTorch. */
export interface Golden {
  text: string;
  ids: number[];
  mean: number[];
  cls: number[];
}

export function golden(checkpoint: string): Golden[] {
  return JSON.parse(readFileSync(join(FIXTURES, checkpoint, "golden.json"), "utf8"));
}

const WORKSPACE: string = mkdtempSync(join(tmpdir(), "termduet-passes-"));

/** Passes by name with their parameters, applied to a tiny checkpoint one after the other. */
export async function applied(
  name: "tiny-bert" | "tiny-xlmr",
  passes: readonly (readonly [string, Record<string, unknown>?])[],
  context: Partial<PassContext> = {},
): Promise<Workpiece> {
  const checkpoint = await Checkpoint.open(join(FIXTURES, name));
  const empty = { name: "", node: [], initializer: [], input: [], output: [] };
  let piece: Workpiece = { model: modelOf(empty, "0", 17), session: DEFAULT_SESSION_SETTINGS };
  let reference: ModelProto | undefined;
  const earlier = [];
  for (const [passName, parameters] of passes) {
    const step = stepOf(passNamed(passName)!, parameters);
    const full: PassContext = {
      checkpoint,
      pooling: "mean",
      target: { provider: "cpu", cpu: { ...cpuFeatures(), exactInt8: false } },
      calibration: golden(name).map(({ ids }) => ids),
      workspace: WORKSPACE,
      reference,
      version: "0",
      ...context,
    };
    const refused = refusal(step, earlier, full);
    if (refused !== undefined) throw new Error(`refused: ${refused}`);
    piece = await runStep(piece, step, full);
    reference ??= piece.model;
    earlier.push(step);
  }
  return piece;
}

/** Vectors of the golden texts, each run alone. */
export async function vectorsOf(
  model: ModelProto,
  sequences: readonly (readonly number[])[],
): Promise<Float32Array[]> {
  await using running = await RunningModel.open(model, WORKSPACE);
  const vectors: Float32Array[] = [];
  for (const sequence of sequences) {
    const { sentence_embedding: vector } = await running.run(feedsOf([sequence]), ["sentence_embedding"]);
    vectors.push(vector!);
  }
  return vectors;
}

/** Least cosine between two lists of unit vectors. */
export function leastCosine(
  expected: readonly (readonly number[] | Float32Array)[],
  found: readonly Float32Array[],
): number {
  return Math.min(
    ...expected.map((vector, i) => [...vector].reduce((sum, value, j) => sum + value * found[i]![j]!, 0)),
  );
}
