import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type InferenceSession, Tensor } from "../../encoder/onnx-runtime.ts";
import { openSession } from "../../encoder/onnx-session.ts";
import { tokenBatches } from "../../encoder/token-batches.ts";
import { storeModel } from "../onnx/model-file.ts";
import { feedsOf } from "../onnx/running-model.ts";
import type { Workpiece } from "../passes/pass.ts";
import type { Target } from "../target.ts";
import type { Vectors } from "./vector-metrics.ts";

// Where the session settings do not say how many tokens make a batch.
const DEFAULT_TOKEN_BUDGET = 512;

/** A candidate, loaded as an encoder of it would be. */
export class CandidateSession implements AsyncDisposable {
  readonly #session: InferenceSession;
  readonly #folder: string;
  readonly tokenBudget: number;

  private constructor(session: InferenceSession, folder: string, tokenBudget: number) {
    this.#session = session;
    this.#folder = folder;
    this.tokenBudget = tokenBudget;
  }

  /** Errors: those of `openSession`. */
  static async open(
    { model, session: settings }: Workpiece,
    { provider }: Target,
    threads: number,
    workspace: string,
  ): Promise<CandidateSession> {
    mkdirSync(workspace, { recursive: true });
    const folder = mkdtempSync(join(workspace, "candidate-"));
    try {
      storeModel(model, folder, "weights");
      const session = await openSession(join(folder, "model.onnx"), provider, threads, settings);
      return new CandidateSession(session, folder, settings.tokenBudget ?? DEFAULT_TOKEN_BUDGET);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Vectors of sequences of any lengths, in batches of equal length. */
  async vectors(sequences: readonly (readonly number[])[]): Promise<Vectors> {
    let dimension = 0;
    let values = new Float32Array(0);
    for (const { sequences: batch, inputs } of tokenBatches(sequences, this.tokenBudget)) {
      const output = await this.run(batch);
      if (dimension === 0) {
        dimension = output.length / batch.length;
        values = new Float32Array(sequences.length * dimension);
      }
      for (const [row, positions] of inputs.entries()) {
        const vector = output.subarray(row * dimension, (row + 1) * dimension);
        for (const position of positions) values.set(vector, position * dimension);
      }
    }
    return { count: sequences.length, dimension, values };
  }

  /** One batch of sequences that are equally long: float32 [batch, dimension]. */
  async run(batch: readonly (readonly number[])[]): Promise<Float32Array> {
    const outputs = await this.#session.run(feedsOf(batch));
    return outputs["sentence_embedding"]!.data as Float32Array;
  }

  /** One batch of sequences of several lengths, the shorter ones padded on the right. */
  async runPadded(batch: readonly (readonly number[])[]): Promise<Float32Array> {
    const length = Math.max(...batch.map((sequence) => sequence.length));
    const ids = new BigInt64Array(batch.length * length);
    const mask = new BigInt64Array(ids.length);
    for (const [row, sequence] of batch.entries()) {
      for (const [i, id] of sequence.entries()) {
        ids[row * length + i] = BigInt(id);
        mask[row * length + i] = 1n;
      }
    }
    const shape = [batch.length, length];
    const outputs = await this.#session.run({
      input_ids: new Tensor("int64", ids, shape),
      attention_mask: new Tensor("int64", mask, shape),
    });
    return outputs["sentence_embedding"]!.data as Float32Array;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
