import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "../../encoder/onnx-runtime.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { modelBytes, storeModel, weightBytes } from "./model-file.ts";
import type { ModelProto } from "./proto.ts";

// Larger models are opened from a file, so that their weights are not in memory twice.
const MAX_BYTES_IN_MEMORY = 128 * 1024 * 1024;

type Feeds = Record<string, Tensor>;

/** A model being run on the CPU as it is, node by node, to look at what its values are. */
export class RunningModel implements AsyncDisposable {
  readonly #session: InferenceSession;
  readonly #folder: string | undefined;

  private constructor(session: InferenceSession, folder: string | undefined) {
    this.#session = session;
    this.#folder = folder;
  }

  /** `workspace` is a folder for files of this moment. Errors: `internal` where ONNX Runtime refuses the graph. */
  static async open(model: ModelProto, workspace: string): Promise<RunningModel> {
    const options: InferenceSession.SessionOptions = {
      graphOptimizationLevel: "disabled",
      enableMemPattern: false,
      enableCpuMemArena: false,
    };
    let folder: string | undefined;
    try {
      if (weightBytes(model) <= MAX_BYTES_IN_MEMORY)
        return new RunningModel(await InferenceSession.create(modelBytes(model), options), undefined);
      folder = mkdtempSync(join(workspace, "run-"));
      storeModel(model, folder, "weights");
      return new RunningModel(await InferenceSession.create(join(folder, "model.onnx"), options), folder);
    } catch (cause) {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      if (cause instanceof Error && "code" in cause && typeof cause.code === "string") throw cause;
      const message = `ONNX Runtime refuses a graph that a pass made: ${(cause as Error).message}`;
      throw new TermduetError("internal", message, { cause });
    }
  }

  /** Values of the outputs. The arrays belong to the caller. */
  async run(feeds: Feeds, outputs?: readonly string[]): Promise<Record<string, Float32Array>> {
    const fetched = await this.#session.run(feeds, [...(outputs ?? this.#session.outputNames)]);
    return Object.fromEntries(Object.entries(fetched).map(([name, t]) => [name, t.data as Float32Array]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Feeds of a batch of sequences that are equally long. */
export function feedsOf(batch: readonly (readonly number[])[]): Feeds {
  const shape = [batch.length, batch[0]!.length];
  const ids = BigInt64Array.from(batch.flat(), BigInt);
  const mask = new BigInt64Array(ids.length).fill(1n);
  return { input_ids: new Tensor("int64", ids, shape), attention_mask: new Tensor("int64", mask, shape) };
}
